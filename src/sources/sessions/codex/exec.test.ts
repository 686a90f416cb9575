import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SessionReading, UNKNOWN_DETAIL } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { sumKnown } from '../json/fields.ts';
import { readSessionFile } from '../recognise.ts';

const SAMPLES = '../shared/samples';
const LOOP = 'hive-mind/codex-exec-turn-failed-loop.jsonl';

// All expected numbers: session-formats.md, section 10, "Other sample".
describe.skipIf(!existsSync(SAMPLES))('the sample stream (skipped where ../shared/samples is not there)', () => {
  test('gives the totals of the reference', () => {
    const text = readFileSync(`${SAMPLES}/${LOOP}`, 'utf8');
    expect(text.trim().split('\n')).toHaveLength(56);
    const { sessions, complaints } = read(text);
    expect(complaints).toEqual([]);
    // Ten threads were started, and the first events belong to one whose start is missing.
    expect(sessions.map(({ engineSession }) => engineSession !== null)).toEqual([false, ...Array(10).fill(true)]);
    expect(new Set(sessions.map(({ engineSession }) => engineSession)).size).toBe(11);
    expect(sessions.map(({ outcome }) => outcome)).toEqual(['completed', ...Array(10).fill('failed')]);
    // Input 1,007,739, of which 927,616 cached; output 4,187. Failed turns report nothing, so the total is a lower bound.
    expect(sumKnown(sessions.map(({ tokens }) => tokens.input))).toBe(1_007_739 - 927_616);
    expect(sumKnown(sessions.map(({ tokens }) => tokens.cacheRead))).toBe(927_616);
    expect(sumKnown(sessions.map(({ tokens }) => tokens.output))).toBe(4_187);
    expect(sessions.map(({ state }) => state.tokens)).toEqual(['exact', ...Array(10).fill('unknown')]);
    expect(sessions.flatMap(({ tools }) => tools)).toEqual([
      { server: null, tool: 'command_execution', calls: 4, errors: 0, latency: null },
    ]);
  });

  test('cuts, flipped bytes and glued lines never make the reader throw', () => {
    const bytes = readFileSync(`${SAMPLES}/${LOOP}`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(0, 10, 32, 34, 44, 123, 125, 255)), {
          maxLength: 12,
        }),
        fc.nat(bytes.length),
        fc.boolean(),
        (flips, cut, glue) => {
          const damaged = Uint8Array.from(bytes.subarray(0, cut));
          for (const [at, value] of flips) if (at < cut) damaged[at] = value;
          const text = Buffer.from(damaged).toString('latin1');
          const given = Buffer.from(glue ? text.replaceAll('\n', '') : text, 'latin1');
          const { sessions, complaints } = readSessionFile('x', given, NO_PRICES);
          expect(sessions.length + complaints.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

const STARTED = { type: 'thread.started', thread_id: 'thread-1' };
const TURN = { type: 'turn.started' };
const FAILED = { type: 'turn.failed', error: { message: 'secret words' } };

function completed(input: number, cached: number, output: number): object {
  return { type: 'turn.completed', usage: { input_tokens: input, cached_input_tokens: cached, output_tokens: output } };
}
function done(id: string | null, type: string, more: object = {}): object {
  return { type: 'item.completed', item: { ...(id === null ? {} : { id }), type, status: 'completed', ...more } };
}
function jsonl(events: readonly object[]): string {
  return `${events.map((one) => JSON.stringify(one)).join('\n')}\n`;
}
function read(text: string): ReturnType<typeof readSessionFile> {
  return readSessionFile('f.jsonl', Buffer.from(text), NO_PRICES);
}
function all(events: readonly object[]): readonly SessionReading[] {
  return read(jsonl(events)).sessions;
}
function only(events: readonly object[]): SessionReading {
  const sessions = all(events);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

describe('the output of codex exec --json', () => {
  test('tells tokens, turns and tools, and neither times nor models nor cost', () => {
    expect(
      only([STARTED, TURN, done('item_0', 'command_execution', { exit_code: 0 }), completed(1_000, 400, 60)]),
    ).toEqual({
      engine: 'codex',
      format: 'codex-exec',
      engineSession: 'thread-1',
      models: [],
      startedAt: null,
      endedAt: null,
      duration: null,
      outcome: 'completed',
      turns: 1,
      tokens: { input: 600, output: 60, cacheRead: 400, cacheWrite5m: null, cacheWrite1h: null, total: 1_060 },
      cost: { usd: null, basis: 'unknown' },
      reportedCost: { usd: null, basis: 'unknown' },
      tools: [{ server: null, tool: 'command_execution', calls: 1, errors: 0, latency: null }],
      denials: 0,
      state: { tokens: 'exact', cost: 'unknown', turns: 'exact', tools: 'exact', latency: 'unknown' },
      detail: {
        ...UNKNOWN_DETAIL,
        cutOff: false,
        filesChanged: { count: 0, outside: 0, paths: [] },
        deniedTools: [],
      },
    });
  });

  test('takes the last total of a thread, and adds across threads by telling them apart', () => {
    const other = { type: 'thread.started', thread_id: 'thread-2' };
    const sessions = all([
      STARTED,
      TURN,
      completed(100, 0, 1),
      TURN,
      completed(300, 0, 3),
      other,
      TURN,
      completed(50, 0, 5),
    ]);
    expect(sessions.map(({ tokens, turns }) => [tokens.total, turns])).toEqual([
      [303, 2],
      [55, 1],
    ]);
  });

  test('a thread that is resumed stays one session, whose items count anew', () => {
    const run = [STARTED, TURN, done('item_0', 'web_search')];
    const reading = only([...run, completed(100, 0, 1), ...run, completed(300, 0, 3)]);
    expect(reading).toMatchObject({ turns: 2, tokens: { total: 303 }, tools: [{ tool: 'web_search', calls: 2 }] });
  });

  test('a thread that is resumed with a total of its own keeps what came before', () => {
    expect(only([STARTED, TURN, completed(300, 0, 3), STARTED, TURN, completed(100, 0, 1)]).tokens.total).toBe(404);
  });

  test('zeros mean that no count was seen', () => {
    const reading = only([STARTED, TURN, completed(0, 0, 0)]);
    expect(reading.tokens.total).toBeNull();
    expect(reading.state.tokens).toBe('unknown');
    expect(only([STARTED, TURN, completed(100, 0, 1), TURN, completed(0, 0, 0)])).toMatchObject({
      tokens: { total: 101 },
      state: { tokens: 'lower_bound' },
    });
  });

  test.each([
    ['completed', 'exact', [TURN, completed(9, 0, 1)]],
    ['failed', 'unknown', [TURN, FAILED]],
    ['failed', 'lower_bound', [TURN, completed(9, 0, 1), TURN, FAILED]],
    ['completed', 'lower_bound', [TURN, FAILED, TURN, completed(9, 0, 1)]],
    ['unknown', 'lower_bound', [TURN, completed(9, 0, 1), TURN]],
    ['unknown', 'unknown', [TURN, { type: 'error', message: 'secret words' }]],
    ['unknown', 'unknown', []],
  ])('is %s with %s tokens after %j', (outcome, tokens, events) => {
    expect(only([STARTED, ...events])).toMatchObject({ outcome, state: { tokens, cost: 'unknown' } });
  });

  test('that begins in the middle of a thread says so', () => {
    const reading = only([done('item_7', 'command_execution'), completed(100, 40, 1)]);
    expect(reading).toMatchObject({ engineSession: null, turns: 1, outcome: 'completed', denials: null });
    expect(reading.tokens).toMatchObject({ input: 60, total: 101 });
    expect(reading.state).toMatchObject({ tokens: 'exact', turns: 'lower_bound', tools: 'partial' });
  });

  test('a call is told once, by its last event', () => {
    const item = { id: 'item_1', type: 'command_execution', command: 'secret words' };
    const reading = only([
      STARTED,
      TURN,
      { type: 'item.started', item: { ...item, exit_code: null, status: 'in_progress' } },
      { type: 'item.updated', item: { ...item, exit_code: null, status: 'in_progress' } },
      { type: 'item.completed', item: { ...item, exit_code: 2, status: 'failed', aggregated_output: 'secret words' } },
      { type: 'item.started', item: { ...item, id: 'item_2', exit_code: null, status: 'in_progress' } },
      FAILED,
    ]);
    expect(reading.tools).toEqual([
      { server: null, tool: 'command_execution', calls: 2, errors: 1, errorsByClass: { exit: 1 }, latency: null },
    ]);
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test('tools bear their servers, what is no tool is left out, and what was declined is a denial', () => {
    const mcp = { server: 'git_hub', tool: 'get_issue', arguments: 'secret' };
    const reading = only([
      STARTED,
      TURN,
      done('a', 'mcp_tool_call', mcp),
      done('b', 'mcp_tool_call', { ...mcp, status: 'failed', error: { message: 'secret' } }),
      done('c', 'collab_tool_call', { tool: 'spawn_agent' }),
      done('d', 'file_change', { status: 'failed' }),
      done('e', 'command_execution', { status: 'declined', exit_code: null }),
      done('f', 'command_execution', { exit_code: 1 }),
      done('g', 'todo_list'),
      done('h', 'reasoning'),
      done('i', 'kind_of_next_year'),
      done(null, 'web_search'),
      done(null, 'web_search'),
      completed(9, 0, 1),
    ]);
    expect(reading.tools.map(({ server, tool, calls, errors }) => [server, tool, calls, errors])).toEqual([
      ['git_hub', 'get_issue', 2, 1],
      [null, 'spawn_agent', 1, 0],
      [null, 'file_change', 1, 1],
      [null, 'command_execution', 2, 2],
      [null, 'web_search', 2, 0],
    ]);
    expect(reading.denials).toBe(1);
  });

  test('no denials are proven only by a whole stream', () => {
    expect(only([STARTED, TURN, completed(9, 0, 1)]).denials).toBe(0);
    expect(only([STARTED, TURN]).denials).toBeNull();
    expect(only([TURN, completed(9, 0, 1)]).denials).toBeNull();
    expect(only([TURN, done('a', 'command_execution', { status: 'declined' })]).denials).toBe(1);
  });

  test('reads at most a hundred threads, and says so', () => {
    const events = Array.from({ length: 150 }, (_, n) => ({ type: 'thread.started', thread_id: `t${n}` }));
    const { sessions, complaints } = read(jsonl(events));
    expect(sessions).toHaveLength(100);
    expect(complaints[0]?.reason).toBe('holds more than 100 threads: the rest was not read');
  });

  test('cut anywhere keeps the total before the cut, and never claims to be exact', () => {
    const events = [
      STARTED,
      ...Array.from({ length: 8 }, (_, n) => [
        TURN,
        done(`i${n}`, 'web_search'),
        completed(100 * (n + 1), 0, n + 1),
      ]).flat(),
    ];
    const lines = events.map((one) => JSON.stringify(one));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: lines.length - 1 }), fc.nat(1_000), (kept, into) => {
        const next = lines[kept] ?? '';
        const { sessions } = read([...lines.slice(0, kept), next.slice(0, 1 + (into % (next.length - 1)))].join('\n'));
        const turns = Math.floor((kept - 1) / 3);
        expect(sessions[0]?.tokens.total).toBe(turns === 0 ? null : 101 * turns);
        expect(sessions[0]?.tools.reduce((sum, tool) => sum + tool.calls, 0)).toBe(Math.floor(kept / 3));
        expect(sessions[0]?.state.tokens).toBe(turns === 0 ? 'unknown' : 'partial');
        expect(sessions[0]?.state.tools).toBe(kept === 1 ? 'unknown' : 'partial');
      }),
    );
  });

  test('glued lines are all read', () => {
    const text = jsonl([STARTED, TURN, done('a', 'web_search'), completed(9, 0, 1)]);
    expect(read(text.replaceAll('\n', '')).sessions).toEqual(read(text).sessions);
  });

  test('any values in any field never make the reader throw', () => {
    const junk = fc.jsonValue({ maxDepth: 2 });
    const type = fc.constantFrom(
      'thread.started',
      'turn.started',
      'turn.completed',
      'turn.failed',
      'item.completed',
      'error',
    );
    const fields = fc.constantFrom(
      'id',
      'type',
      'status',
      'exit_code',
      'tool',
      'server',
      'error',
      'input_tokens',
      'output_tokens',
    );
    const object = fc.dictionary(fields, fc.oneof(junk, fc.constantFrom('mcp_tool_call', 'command_execution')));
    const one = fc.record({ type, thread_id: junk, item: fc.oneof(junk, object), usage: fc.oneof(junk, object) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (events) => {
        const { sessions } = read(jsonl([STARTED, ...events]));
        expect(sessions.length).toBeGreaterThan(0);
      }),
    );
  });

  test('no secret of any free-text position reaches the reading or the complaints', () => {
    const secret = `ghp_${'aB3dE5gH7jK9'.repeat(3)}`;
    const text = jsonl([
      { type: 'thread.started', thread_id: secret },
      TURN,
      done(secret, 'mcp_tool_call', { server: secret, tool: `x ${secret}`, arguments: secret, result: secret }),
      done('b', 'command_execution', { command: secret, aggregated_output: secret }),
      { type: 'turn.failed', error: { message: secret } },
    ]);
    for (const given of [text, text.slice(0, -30), `${text}{"${secret}`]) {
      const found = read(given);
      expect(found.sessions).toHaveLength(1);
      expect(JSON.stringify(found)).not.toContain(secret);
    }
  });
});
