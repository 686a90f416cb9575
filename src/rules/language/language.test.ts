import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth, LINEAR } from '../../../test/kit/growth.ts';
import { compileCondition } from './condition.ts';
import { type Answer, evaluate } from './evaluate.ts';
import { leafText } from './evidence.ts';
import { parseCondition } from './parse.ts';
import { formatProblem } from './problem.ts';
import { BOOL, NUM, numOf, record, type Scope, STR } from './types.ts';

const SCOPE: Scope = {
  metrics: record({
    sessions: record({ total: numOf('sessions'), failureRate: numOf('ratio') }),
    mcpServers: {
      kind: 'map',
      of: record({
        errorRate: numOf('ratio'),
        requestCount: NUM,
        tools: { kind: 'map', of: record({ errorRate: numOf('ratio') }) },
      }),
    },
  }),
  health: record({ database: record({ status: { kind: 'str', values: ['healthy', 'degraded', 'unhealthy'] } }) }),
  event: record({ type: STR, labels: { kind: 'map', of: STR } }),
  flag: BOOL,
  limit: NUM,
};

const NOW = {
  metrics: {
    sessions: { total: 10, failureRate: 0.6 },
    mcpServers: {
      pg: { errorRate: 0.4, requestCount: 10, tools: { query: { errorRate: 0.4 } } },
      github: { errorRate: 0.05, requestCount: 90, tools: {} },
      x: { errorRate: null, requestCount: 0, tools: {} },
    },
  },
  health: { database: { status: null } },
  event: { type: 'deployed', labels: { to: 'prod' } },
  flag: true,
  limit: 0.5,
};

function ask(source: string, values: unknown = NOW): Answer {
  const compiled = compileCondition(source, SCOPE);
  if (!compiled.ok) throw new Error(compiled.problems.map((problem) => formatProblem(source, problem)).join('\n'));
  return evaluate(compiled.condition, values);
}

function faults(source: string): readonly string[] {
  const compiled = compileCondition(source, SCOPE);
  return compiled.ok ? [] : compiled.problems.map((problem) => formatProblem(source, problem));
}

describe('what a condition answers', () => {
  test.each<[string, boolean | null]>([
    ['1 + 2 * 3 == 7', true],
    ['(1 + 2) * 3 == 9', true],
    ['10 - 4 - 3 == 3', true],
    ['-2 < -1 && 7 % 4 == 3', true],
    ['!flag || !!flag', true],
    ['flag ? 1 > 2 : 3 > 2', false],
    ['metrics.sessions.failureRate > limit', true],
    ['metrics["sessions"].total == 1e1', true],
    ["health.database.status == 'unhealthy'", null],
    ["health.database.status == 'unhealthy' ? true : false", null],
    ["!(health.database.status == 'unhealthy')", null],
    ["flag || health.database.status == 'unhealthy'", true],
    ["health.database.status == 'unhealthy' || flag", true],
    ["!flag && health.database.status == 'unhealthy'", false],
    ["health.database.status == 'unhealthy' && !flag", false],
    ["flag && health.database.status == 'unhealthy'", null],
    ['has(health.database.status)', false],
    ['has(metrics.sessions.total) && !has(metrics.mcpServers.nobody.errorRate)', true],
    ['1 / 0 > 1', null],
    ['1 % 0 == 0', null],
    ['1e308 * 10 > 1', null],
    ['any(metrics.mcpServers.*.errorRate > 0.1)', true],
    ['any(metrics.mcpServers.*.errorRate > 0.5)', null],
    ['all(metrics.mcpServers.*.errorRate < 0.1)', false],
    ['all(metrics.mcpServers.*.errorRate < 0.5)', null],
    ['any(abs(metrics.mcpServers.*.requestCount) > 50)', true],
    ['any(metrics.mcpServers.*.errorRate > 0.1 && metrics.mcpServers.*.requestCount < 20)', true],
    ['any(metrics.mcpServers.*.errorRate > 0.1 && metrics.mcpServers.*.requestCount > 20)', false],
    ['any(metrics.mcpServers.*.errorRate > 0.1 && metrics.mcpServers.*.requestCount > 10)', false],
    ['any(metrics.mcpServers.*.errorRate > 0.1 || metrics.mcpServers.*.requestCount > 100)', true],
    ['any(metrics.mcpServers.*.requestCount > 50 && any(metrics.mcpServers.pg.tools.*.errorRate > 0.1))', true],
    ['any(metrics.mcpServers[*].requestCount > 89)', true],
    ['count(metrics.mcpServers.*.requestCount > 5) == 2', true],
    ['count(metrics.mcpServers.*.errorRate < 0.2) < 5', null],
    ['sum(metrics.mcpServers.*.requestCount) == 100', true],
    ['max(metrics.mcpServers.*.requestCount) == 90 && min(metrics.mcpServers.*.requestCount) == 0', true],
    ['avg(metrics.mcpServers.*.errorRate) < 1', null],
    ['any(metrics.mcpServers.github.tools.*.errorRate > 0)', false],
    ['all(metrics.mcpServers.github.tools.*.errorRate > 0)', true],
    ['sum(metrics.mcpServers.github.tools.*.errorRate) == 0', true],
    ['count(metrics.mcpServers.github.tools.*.errorRate > 0) == 0', true],
    ['max(metrics.mcpServers.github.tools.*.errorRate) > 0', null],
    ['any(metrics.mcpServers.nobody.tools.*.errorRate > 0)', null],
    ['max([1, 5, 3]) == 5', true],
    ['size(metrics.mcpServers) == 3 && size([1, 2]) == 2', true],
    ["'pg' in metrics.mcpServers && !('toString' in metrics.mcpServers)", true],
    ["event.type in ['deployed', 'rolled_back']", true],
    ["startsWith(event.type, 'dep') && endsWith(event.type, 'ed') && contains(event.type, 'ploy')", true],
    ["event.labels.to == 'prod'", true],
    ["event.labels.from == 'prod'", null],
    ['metrics.mcpServers.constructor.requestCount > 0', null],
    ['metrics.mcpServers["__proto__"].requestCount > 0', null],
    ['any(metrics.mcpServers.*.errorRate > 0.9 || flag)', true],
  ])('%s is %s', (source, expected) => {
    expect(ask(source).value).toBe(expected);
  });

  test('a getter is not run and what it would give is no data', () => {
    const trap = Object.defineProperty({}, 'sessions', {
      enumerable: true,
      get: () => {
        throw new Error('run');
      },
    });
    expect(ask('metrics.sessions.total > 1', { metrics: trap }).value).toBeNull();
  });

  test('an evaluation that would take too many steps gives no answer, soon', () => {
    const mcpServers = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`s${i}`, { errorRate: 0 }]));
    const answer = ask('all(metrics.mcpServers.*.errorRate < 1)', { metrics: { mcpServers } });
    expect({ value: answer.value, exceeded: answer.exceeded }).toEqual({ value: null, exceeded: true });
  });
});

describe('what decided', () => {
  test.each<[string, readonly string[]]>([
    ['any(metrics.mcpServers.*.errorRate > 0.1)', ['errorRate{pg}=0.4 > 0.1']],
    ['any(metrics.mcpServers.*.errorRate > 0.5)', ['errorRate{x}=<no data> > 0.5']],
    ['metrics.sessions.failureRate > limit', ['sessions.failureRate=0.6 > 0.5', 'limit=0.5']],
    ['0.5 < metrics.sessions.failureRate', ['sessions.failureRate=0.6 > 0.5']],
    ['metrics.sessions.total > 100 || metrics.sessions.failureRate > 0.5', ['sessions.failureRate=0.6 > 0.5']],
    ['metrics.sessions.total * 2 > 10', ['sessions.total * 2=20 > 10', 'sessions.total=10']],
    ["event.type == 'deployed'", ["event.type='deployed' == 'deployed'"]],
  ])('%s: %j', (source, expected) => {
    expect(ask(source).evidence.map(leafText)).toEqual(expected);
  });

  test('at most 20 leaves are kept, and the others are counted', () => {
    const mcpServers = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`s${i}`, { errorRate: 1 }]));
    const { evidence, more } = ask('any(metrics.mcpServers.*.errorRate > 0)', { metrics: { mcpServers } });
    expect([evidence.length, more]).toEqual([20, 10]);
  });
});

describe('what is refused, and how it is said', () => {
  test('a misspelt field is shown with a caret and the nearest name', () => {
    expect(faults('metrics.sesions.failureRate > 0.5')).toEqual([
      "unknown field 'sesions'; did you mean 'sessions'?\n  metrics.sesions.failureRate > 0.5\n          ^^^^^^^",
    ]);
  });

  test.each<[string, string]>([
    ['metrics.sessions.total = 1', "unexpected '=' (use '==')"],
    ['metrics.sessions.total', 'a condition must be bool, this is num'],
    ["metrics.sessions.total > 'a'", 'cannot compare num with str'],
    ['anyy(metrics.mcpServers.*.errorRate > 1)', "unknown function 'anyy'; did you mean 'any'?"],
    ['metrics.mcpServers.*.errorRate > 1', "a wildcard '.*' must be inside any(), all(), count(), …"],
    ['metrics.sessions.total >', "expected an expression, found 'end of expression'"],
    ['', "expected an expression, found 'end of expression'"],
    ['1 < 2 < 3', "comparisons do not chain: write 'a < b && b < c'"],
    ['metrics.sessions.total == null', "nothing is ever equal to null here; write '!has(metrics.sessions.total)'"],
    ["health.database.status == 'unhealty'", "'unhealty' is none of its values; did you mean 'unhealthy'?"],
    ["health.database.status in ['healthy', 'sick']", "'sick' is none of its values"],
    ['any(metrics.sessions.*.x > 1)', "a wildcard '.*' needs a map or a list before it, this is a group"],
    ['any(metrics.mcpServers.*.tools.*.errorRate > 1)', "a path has at most one wildcard '.*'"],
    [
      'any(metrics.mcpServers.*.errorRate > 1 && metrics.mcpServers.pg.tools.*.errorRate > 1)',
      "all wildcards of one call must have the same path: this one is not 'metrics.mcpServers.*'",
    ],
    ['any(flag)', "any() needs a wildcard '.*' or a list inside"],
    ['any(metrics.mcpServers.*.errorRate)', 'any() wants bool of each entry, this is num'],
    ['process.env > 1', "unknown name 'process'"],
    ['metrics.constructor.x > 1', "unknown field 'constructor'"],
    ['metrics.__proto__.x > 1', "unknown field '__proto__'"],
    ['flag + 1 > 1', "expected num beside '+', this is bool"],
    ["'a' < 'b'", "'<' compares num with num, these are str"],
    ["'open > 1", "this text has no closing '"],
    ['1m > 2', "unexpected 'm' behind a number; numbers have no units here"],
    ['flag & flag', "unexpected '&' (use '&&')"],
    ['flag flag', "unexpected 'flag'"],
    ['(flag', "expected ')' to close the parenthesis, found 'end of expression'"],
    ['abs(1, 2) > 1', 'abs() takes 1 argument, not 2'],
    ['has(1)', 'has() wants a path such as metrics.sessions.total'],
    ['flag ? 1 : true', "both answers of '?' must be of one type, these are num and bool"],
    [`${'('.repeat(20_000)}flag`, 'a condition has at most 10000 characters, not 20004'],
    [`${'('.repeat(9_000)}flag`, 'a condition is nested at most 100 deep'],
    [`flag${' || flag'.repeat(1_200)}`, 'a condition has at most 2000 parts'],
    [`${'!'.repeat(5_000)}flag`, 'a condition is nested at most 100 deep'],
    [`metrics${'.a'.repeat(4_000)} > 1`, 'a path has at most 100 parts'],
  ])('%s', (source, message) => {
    const [first = ''] = faults(source);
    expect(first.split('\n')[0]).toContain(message);
  });

  test('parentheses without end give an error, four times as many in no more than four times the time', () => {
    expect(parseCondition('('.repeat(20_000))).toMatchObject({ ok: false });
    expect(growth((size) => parseCondition('('.repeat(size)), 250_000)).toBeLessThan(LINEAR);
  });

  test('a terminal cannot be commanded by what was written', () => {
    const [first = ''] = faults('metrics.\u001b[31m > \u202e');
    expect(first.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

const SOURCES = [
  "health.database.status == 'unhealthy'",
  'metrics.sessions.failureRate > 0.5',
  'any(metrics.mcpServers.*.errorRate > 0.1)',
  'event.type in [\'a\', "b"] && !(flag ? limit > 1 : -limit <= 2e3)',
  'count(metrics.mcpServers[*].requestCount >= 1) % 2 == 0 || has(metrics.sessions.total)',
];
const WORDS = [
  'constructor',
  '__proto__',
  'process',
  'globalThis',
  'metrics',
  'any(',
  'has(',
  ')',
  '[',
  ']',
  '.*',
  '[*]',
  '.',
  '&&',
  '||',
  '!',
  '-',
  '==',
  'in',
  '?',
  ':',
  ',',
  '1',
  "'a'",
  'null',
  'flag',
  'toString',
  'hasOwnProperty',
  '"',
  '\\',
];

describe('whatever is written', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(' ')),
    fc
      .tuple(fc.constantFrom(...SOURCES), fc.nat(80), fc.nat(10), fc.constantFrom(...WORDS))
      .map(([source, at, cut, word]) => source.slice(0, at) + word + source.slice(at + cut)),
  );

  test('reading and evaluating never throw, and every fault can be shown', () => {
    fc.assert(
      fc.property(noise, fc.jsonValue(), (source, values) => {
        const compiled = compileCondition(source, SCOPE);
        if (compiled.ok) {
          evaluate(compiled.condition, values);
          evaluate(compiled.condition, NOW);
        } else {
          expect(compiled.problems.length).toBeGreaterThan(0);
          for (const problem of compiled.problems) {
            expect(problem.at).toBeGreaterThanOrEqual(0);
            expect(formatProblem(source, problem).split('\n')).toHaveLength(3);
          }
        }
      }),
      { numRuns: 4_000, seed: 23 },
    );
  });
});

describe('what a condition reads', () => {
  test('is told by the names of the catalogue, with names of the world as stars', () => {
    const compiled = compileCondition(
      'any(metrics.mcpServers.*.errorRate > limit) || metrics.mcpServers["a-b"].tools[event.type].errorRate > 1',
      SCOPE,
    );
    expect(compiled.ok && compiled.condition.reads).toEqual([
      'metrics.mcpServers.*.errorRate',
      'limit',
      'metrics.mcpServers.*.tools.*.errorRate',
      'event.type',
    ]);
  });
});
