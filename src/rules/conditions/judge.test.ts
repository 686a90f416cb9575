import { describe, expect, test } from 'vitest';
import { factsAfter, violationFound, watchRan, worked } from '../../../test/kit/happenings.ts';
import type { EventMark, Facts } from '../../core/facts.ts';
import type { Finding } from '../../core/finding.ts';
import type { Aggregate, Series } from '../../core/series.ts';
import { type Duration, HOUR, MINUTE, after as shifted } from '../../core/time.ts';
import { compileCondition } from '../language/condition.ts';
import { judgeConditions } from './judge.ts';
import { type ConditionRule, isOfEvents, isSampled } from './rule.ts';
import { conditionScope } from './scope.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const VARS = { dailyBudget: 50 };

function rule(source: string, more: Partial<ConditionRule> = {}): ConditionRule {
  const compiled = compileCondition(source, conditionScope(VARS));
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join());
  const { condition } = compiled;
  const mode = isOfEvents(condition) ? 'event' : isSampled(condition) ? 'observations' : 'data';
  return {
    name: 'own',
    severity: 'warning',
    condition,
    mode,
    for: 0,
    keepFiringFor: null,
    noData: 'keep',
    minObservations: 2,
    forEach: null,
    labels: {},
    channels: [],
    escalation: null,
    runbook: null,
    confirm: null,
    ...more,
  };
}

function judge(facts: Facts, ...rules: readonly ConditionRule[]): readonly Finding[] {
  return judgeConditions(facts, { rules, vars: VARS }, NOW).map(({ finding }) => finding);
}

const ago = (span: Duration): string => shifted(NOW, -span);

const SPIKE = factsAfter(
  [
    ...worked({ id: 1, at: ago(5 * HOUR), duration: 10 * MINUTE }),
    ...worked({ id: 2, at: ago(2 * HOUR), outcome: 'failed', duration: 20 * MINUTE, usd: 45 }),
    ...worked({ id: 3, at: ago(HOUR), outcome: 'failed', agent: 'triage', duration: 6 * MINUTE }),
    violationFound({ run: 1, at: ago(HOUR) }),
  ],
  { now: NOW },
);

describe('a rule of people', () => {
  test('gives a finding with the value, the limit and what decided', () => {
    expect(judge(SPIKE, rule('metrics.sessions.tokenUsage.cost > dailyBudget * 0.8'))).toEqual([
      {
        rule: 'own',
        subject: { kind: 'repository', name: 'octo/repo' },
        labels: {},
        value: 47,
        limit: 40,
        unit: 'usd',
        reason:
          'The condition metrics.sessions.tokenUsage.cost > dailyBudget * 0.8 holds: sessions.tokenUsage.cost=47 > 40, dailyBudget=50.',
        outcome: 'violated',
        severity: 'warning',
        evidence: {
          facts: [
            { label: 'sessions.tokenUsage.cost', value: 47, unit: 'usd' },
            { label: 'dailyBudget', value: 50, unit: 'count' },
          ],
          runs: [],
          moreRuns: 0,
          chart: null,
        },
        explainedBy: null,
        trueSince: null,
      },
    ]);
  });

  test('is unknown where a value is missing, and ok where it does not hold', () => {
    const [unknown, ok] = judge(SPIKE, rule('metrics.reviews.pending > 20'), rule('metrics.sessions.total > 20'));
    expect(unknown).toMatchObject({
      outcome: 'unknown',
      reason: 'The condition metrics.reviews.pending > 20 has no answer: reviews.pending=<no data> > 20.',
    });
    expect(ok).toMatchObject({ outcome: 'ok', value: 3, limit: 20, unit: 'sessions' });
  });

  test('says since when it holds by the times of the records, not by the run that saw it', () => {
    const own = rule('metrics.sessions.failureRate >= 0.5', { for: 5 * MINUTE });
    // The first failure ended 20 minutes after its start, which made it one of two.
    expect(judge(SPIKE, own)).toMatchObject([{ outcome: 'violated', trueSince: shifted(ago(2 * HOUR), 20 * MINUTE) }]);
    const strict = rule('metrics.sessions.failureRate > 0.5', { for: 5 * MINUTE });
    expect(judge(SPIKE, strict)).toMatchObject([{ trueSince: shifted(ago(HOUR), 6 * MINUTE) }]);
    const violations = rule('metrics.violations.total >= 1', { for: 5 * MINUTE });
    expect(judge(SPIKE, violations)).toMatchObject([{ trueSince: ago(HOUR) }]);
  });

  test('does not say so of what leaves no times, nor of what need not wait', () => {
    const waits = rule('metrics.sessions.tokenUsage.input >= 0', { for: 5 * MINUTE });
    expect(judge(SPIKE, waits, rule('metrics.sessions.total > 0'))).toMatchObject([
      { outcome: 'violated', trueSince: null },
      { outcome: 'violated', trueSince: null },
    ]);
  });

  test('has an alert for each agent where it asks for each', () => {
    const each = rule('any(metrics.agents.*.sessions.failureRate > 0.9)', { forEach: 'metrics.agents', for: MINUTE });
    expect(judge(SPIKE, each)).toMatchObject([
      { subject: { kind: 'agent', name: 'fixer' }, labels: { agent: 'fixer' }, outcome: 'ok' },
      {
        subject: { kind: 'agent', name: 'triage' },
        labels: { agent: 'triage' },
        outcome: 'violated',
        trueSince: shifted(ago(HOUR), 6 * MINUTE),
      },
    ]);
  });
});

describe('what was over before anybody looked', () => {
  // One session fails 90 minutes ago, and two that go well make it a third half an hour later.
  const events = (looks: readonly string[]) => [
    ...worked({ id: 1, at: ago(2 * HOUR), outcome: 'failed', duration: 30 * MINUTE }),
    ...worked({ id: 2, at: ago(70 * MINUTE), duration: 10 * MINUTE }),
    ...worked({ id: 3, at: ago(65 * MINUTE), duration: 5 * MINUTE }),
    ...looks.map((at) => watchRan(at)),
  ];
  const since = (...looks: readonly string[]): Facts => factsAfter(events([...looks, NOW]), { now: NOW });
  const own = (more: Partial<ConditionRule> = {}): ConditionRule =>
    rule('metrics.sessions.failureRate > 0.4', { for: 10 * MINUTE, ...more });

  test('is told of with its times and with the values of then', () => {
    expect(judge(since(ago(100 * MINUTE)), own())).toMatchObject([
      {
        outcome: 'ok',
        missed: {
          since: ago(90 * MINUTE),
          until: ago(60 * MINUTE),
          severity: 'warning',
          value: expect.any(Number),
          limit: 0.4,
          reason: expect.stringContaining(' holds: sessions.failureRate='),
        },
      },
    ]);
  });

  test('is told where it began before the last look, for then it was still waiting', () => {
    expect(judge(since(ago(85 * MINUTE)), own())[0]).toMatchObject({ missed: { since: ago(90 * MINUTE) } });
  });

  test.each<[string, Facts, ConditionRule]>([
    ['shorter than the rule waits', since(ago(100 * MINUTE)), own({ for: 31 * MINUTE })],
    ['over before the last look', since(ago(50 * MINUTE)), own()],
    ['before anybody ever looked', since(), own()],
    ['of what is sampled', since(ago(100 * MINUTE)), own({ mode: 'observations' })],
    ['of what leaves no times', since(ago(100 * MINUTE)), rule('metrics.reviews.pending < 0', { noData: 'ok' })],
  ])('is not told where it was %s', (_name, facts, asked) => {
    for (const finding of judge(facts, asked)) expect(finding).not.toHaveProperty('missed');
  });

  test('is told of each entry by itself', () => {
    const each = rule('any(metrics.agents.*.sessions.failureRate > 0.4)', {
      forEach: 'metrics.agents',
      for: 10 * MINUTE,
    });
    expect(judge(since(ago(100 * MINUTE)), each)).toMatchObject([
      { labels: { agent: 'fixer' }, missed: { since: ago(90 * MINUTE), until: ago(60 * MINUTE) } },
    ]);
  });
});

describe('a rule about events', () => {
  const mark = (id: string, type: string, at: string): EventMark => ({ id, type, labels: { to: 'prod' }, at });
  const facts: Facts = {
    ...SPIKE,
    events: [
      mark('event:0', 'improvement_deployed', ago(25 * HOUR)),
      mark('event:1', 'improvement_deployed', ago(HOUR)),
      mark('event:2', 'something.else', ago(HOUR)),
      mark('event:3', 'improvement_deployed', ago(MINUTE)),
    ],
  };

  test('gives one finding for each event of the last day that fits, told apart by its id', () => {
    const own = rule("event.type == 'improvement_deployed' && event.labels.to == 'prod'", { severity: 'info' });
    expect(judge(facts, own).map(({ outcome, labels }) => [outcome, labels])).toEqual([
      ['violated', { event: 'event:1' }],
      ['violated', { event: 'event:3' }],
    ]);
  });
});

describe('MCP servers', () => {
  const calls = (count: number, sum: number): Aggregate => ({ count, sum, min: 0, max: 1, unknown: 0 });
  const rows: Readonly<Record<string, readonly (readonly [server: string, tool: string, aggregate: Aggregate])[]>> = {
    'session.tool.errors': [
      ['pg', 'query', calls(10, 4)],
      ['pg', 'list', calls(10, 0)],
      ['told', 'x', calls(10, 10)],
      ['idle', 'x', calls(0, 0)],
    ],
    'tool.errors': [['told', 'x', calls(100, 1)]],
    'session.tool.latency': [['pg', 'query', { count: 2, sum: 300, min: 100, max: 200, unknown: 8 }]],
  };
  const facts: Facts = {
    ...SPIKE,
    labelSets: (metric) => (rows[metric] ?? []).map(([server, tool]) => ({ server, tool })),
    measured: ({ metric, labels }): Series => {
      const found = (rows[metric] ?? []).find(
        ([server, tool]) => server === labels['server'] && tool === labels['tool'],
      );
      const aggregate = found === undefined || found[2].count === 0 ? null : found[2];
      const subject = { kind: 'repository', name: 'octo/repo' } as const;
      return { metric, subject, step: 'hour', points: [{ at: NOW, aggregate }] };
    },
  };

  test('are judged by the calls of the last day, and those that a program told itself come first', () => {
    const each = { forEach: 'metrics.mcpServers' };
    const findings = judge(facts, rule('any(metrics.mcpServers.*.errorRate > 0.1)', each));
    expect(findings.map(({ labels, outcome, value }) => [labels['server'], outcome, value])).toEqual([
      ['idle', 'unknown', null],
      ['pg', 'violated', 0.2],
      ['told', 'ok', 0.01],
    ]);
  });

  test('have tools, times and counts', () => {
    const source =
      'metrics.mcpServers.pg.tools.query.errorRate == 0.4 && metrics.mcpServers.pg.responseTime == 150 && metrics.mcpServers.idle.requestCount == 0';
    expect(judge(facts, rule(source))).toMatchObject([{ outcome: 'violated' }]);
    expect(judge(facts, rule('any(metrics.mcpServers.*.errorRate > 0.1)'))).toMatchObject([
      { outcome: 'violated', reason: expect.stringContaining('errorRate{pg}=0.2 > 0.1') },
    ]);
  });
});
