import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import type { SessionFileReading } from '../file-reading.ts';
import { readDocument } from '../json/document.ts';
import { readSessionFile } from '../recognise.ts';
import { tallyTools } from './tools.ts';

const SAMPLES = '../shared/samples/agent-sessions';

type Row = Readonly<Record<string, unknown>>;

function rowsOf(file: string): readonly Row[] {
  return readDocument(readFileSync(`${SAMPLES}/${file}`, 'utf8'))?.records ?? [];
}

// All expected numbers: session-formats.md, section 10.
describe.skipIf(!existsSync(SAMPLES))('the sample events (skipped where ../shared/samples is not there)', () => {
  test('a resumed session whose shutdown does not say what was used has the output of its messages', () => {
    const file = 'copilot-events-1.0.77.jsonl';
    const rows = rowsOf(file);
    expect(rows).toHaveLength(32);
    const { ends, successes, calls } = tallyTools(rows);
    expect([ends, successes, calls]).toEqual([4, 1, 2]);
    const { sessions, complaints } = readSessionFile(file, readFileSync(`${SAMPLES}/${file}`), () => 1);
    expect(complaints).toEqual([]);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({
      engineSession: 'copilot_stage0_small',
      models: ['gpt-5-mini'],
      tokens: { input: null, output: 15, cacheRead: null, total: null },
      // Its 3,236,385,000 nano units and 1 premium request are not dollars.
      cost: { usd: null, basis: 'unknown' },
      reportedCost: { usd: null, basis: 'unknown' },
      outcome: 'unknown',
      state: { tokens: 'lower_bound', cost: 'unknown', tools: 'partial' },
    });
  });

  test('a killed session that tells no output has no tokens, and calls that are no pairs', () => {
    const file = 'copilot-events-hooks.jsonl';
    const rows = rowsOf(file);
    expect(rows).toHaveLength(18);
    const { calls, pairs, ends } = tallyTools(rows);
    expect([calls, pairs, ends]).toEqual([2, 0, 1]);
    const { sessions, complaints } = readSessionFile(file, readFileSync(`${SAMPLES}/${file}`), NO_PRICES);
    expect(complaints).toEqual([]);
    expect(sessions[0]).toMatchObject({
      tools: [{ tool: 'bash', calls: 2, errors: 0, latency: null }],
      outcome: 'unknown',
      state: { tokens: 'unknown', cost: 'unknown', tools: 'partial', latency: 'unknown' },
    });
    expect(sessions[0]?.tokens).toEqual({
      input: null,
      output: null,
      cacheRead: null,
      cacheWrite5m: null,
      cacheWrite1h: null,
      total: null,
    });
  });

  test('flipped bytes and cuts never make the reader throw', () => {
    const bytes = readFileSync(`${SAMPLES}/copilot-events-1.0.77.jsonl`);
    const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
    fc.assert(
      fc.property(flips, fc.nat(bytes.length), (changes, cut) => {
        const damaged = Uint8Array.from(bytes.subarray(0, cut));
        for (const [at, value] of changes) if (at < cut) damaged[at] = value;
        const { sessions, complaints } = readSessionFile('x', damaged, NO_PRICES);
        expect(sessions.length + complaints.length).toBeGreaterThan(0);
      }),
    );
  });
});

let tick = 0;

function event(type: string, data: Row, second?: number): Row {
  const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, second ?? 0)).toISOString();
  return { type, data, id: `e${tick++}`, parentId: null, timestamp };
}

const START = event('session.start', { sessionId: 'abcdef12', copilotVersion: '1.0.77', selectedModel: 'auto' }, 0);
const PROMPT = event('user.message', { content: 'a secret prompt' }, 1);

function said(id: string, outputTokens: number | undefined, extra: Row = {}): Row {
  return event('assistant.message', { messageId: id, apiCallId: id, outputTokens, toolRequests: [], ...extra }, 2);
}

function shutdown(modelMetrics: unknown, extra: Row = {}): Row {
  return event('session.shutdown', { shutdownType: 'routine', totalNanoAiu: 5e9, modelMetrics, ...extra }, 9);
}

function used(
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens: number = 0,
  cacheWriteTokens: number = 0,
): Row {
  return { requests: { count: 2, cost: 1 }, usage: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } };
}

const RESUME = event('session.resume', { resumeTime: 'x', selectedModel: 'gpt-x' }, 30);

function readText(text: string): SessionFileReading {
  return readSessionFile('events.jsonl', Buffer.from(text), () => 1);
}

function read(...rows: readonly Row[]): SessionReading {
  const { format, sessions } = readText(rows.map((row) => JSON.stringify(row)).join('\n'));
  expect(format).toBe('copilot-events');
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

function tokensOf(reading: SessionReading): readonly unknown[] {
  const { input, output, cacheRead, cacheWrite5m } = reading.tokens;
  return [input, output, cacheRead, cacheWrite5m, reading.state.tokens];
}

describe('the tokens of a shutdown', () => {
  test('are exact where nothing was cached', () => {
    const reading = read(START, PROMPT, said('m1', 30), shutdown({ 'gpt-x': used(1_000, 50) }));
    expect(tokensOf(reading)).toEqual([1_000, 50, 0, 0, 'exact']);
    expect(reading.tokens.total).toBe(1_050);
    expect(reading.models).toEqual(['gpt-x']);
  });

  test('hold what was cached within the input, as far as is known', () => {
    const reading = read(START, said('m1', 30), shutdown({ 'gpt-x': used(1_000, 50, 700, 100) }));
    expect(tokensOf(reading)).toEqual([200, 50, 700, 100, 'estimate']);
    expect(reading.tokens.total).toBe(1_050);
  });

  test('are exact where the engine names the input by itself', () => {
    const entry = { ...used(1_000, 50, 700, 100), tokenDetails: { input: { tokenCount: 200 } } };
    expect(tokensOf(read(START, shutdown({ 'gpt-x': entry })))).toEqual([200, 50, 700, 100, 'exact']);
    const other = { ...used(1_000, 50, 700, 100), tokenDetails: { input: { tokenCount: 1_000 } } };
    expect(tokensOf(read(START, shutdown({ 'gpt-x': other })))).toEqual([1_000, 50, 700, 100, 'estimate']);
  });

  test('are exact where the input of all models adds up to that of the session', () => {
    const models = { a: used(1_000, 50, 700, 100), b: used(30, 5) };
    const ended = (input: number): Row => shutdown(models, { tokenDetails: { input: { tokenCount: input } } });
    // 1,000 - 700 - 100 of the first model and 30 of the second.
    expect(tokensOf(read(START, ended(230)))).toEqual([230, 55, 700, 100, 'exact']);
    expect(tokensOf(read(START, ended(231)))).toEqual([230, 55, 700, 100, 'estimate']);
  });

  test('keep the input where more was cached than it holds', () => {
    expect(tokensOf(read(START, shutdown({ 'gpt-x': used(100, 50, 700) })))).toEqual([100, 50, 700, 0, 'estimate']);
  });

  test('sum the models', () => {
    const reading = read(START, said('m1', 3), shutdown({ a: used(100, 5), b: used(10, 1) }));
    expect(tokensOf(reading)).toEqual([110, 6, 0, 0, 'exact']);
    expect(reading.models).toEqual(['a', 'b']);
  });

  test('are a lower bound beside a model of which nothing is told', () => {
    const reading = read(START, said('m1', 3), shutdown({ a: used(100, 5), b: { requests: 2 } }));
    expect(tokensOf(reading)).toEqual([100, 5, 0, 0, 'lower_bound']);
  });

  test('are a lower bound where the messages tell of more output', () => {
    expect(tokensOf(read(START, said('m1', 80), shutdown({ a: used(100, 5) })))[4]).toBe('lower_bound');
  });

  test('of zeros beside requests are not known', () => {
    expect(tokensOf(read(START, said('m1', undefined), shutdown({ a: used(0, 0) })))[4]).toBe('unknown');
  });

  test('that names no model proves that none was used, where nothing was said', () => {
    const reading = read(START, shutdown({}));
    expect(reading.tokens.total).toBe(0);
    expect(reading.state.tokens).toBe('exact');
    expect(read(START, said('m1', undefined), shutdown({})).state.tokens).toBe('unknown');
    expect(read(START, shutdown(undefined)).state.tokens).toBe('unknown');
    expect(read(START, RESUME).state.tokens).toBe('unknown');
  });

  test('have no cost in dollars, whatever a price list says', () => {
    const reading = read(START, shutdown({ 'gpt-5': used(1_000, 50) }));
    expect([reading.cost.usd, reading.reportedCost.usd, reading.state.cost]).toEqual([null, null, 'unknown']);
  });
});

describe('a session without a shutdown', () => {
  test('used at least the output of its messages', () => {
    const reading = read(START, PROMPT, said('m1', 30), said('m2', 12));
    expect(tokensOf(reading)).toEqual([null, 42, null, null, 'lower_bound']);
    expect(reading.tokens.total).toBeNull();
    expect(reading.outcome).toBe('unknown');
  });

  test('counts the output of one answer once, however many messages it is written as', () => {
    const parts = [said('m1', 30), said('m1', 30, { messageId: 'm1b' }), said('m1', 7)];
    expect(read(START, ...parts, said('m2', 1)).tokens.output).toBe(31);
  });

  test('counts messages without an id each', () => {
    const nameless = { apiCallId: undefined, messageId: undefined };
    expect(read(START, said('', 5, nameless), said('', 5, nameless)).tokens.output).toBe(10);
  });
});

describe('a resumed session', () => {
  const first = [START, said('m1', 30), shutdown({ a: used(1_000, 40) })];

  test('adds the output of what follows the last shutdown, as a lower bound', () => {
    expect(tokensOf(read(...first, RESUME, said('m2', 8)))).toEqual([1_000, 48, 0, 0, 'lower_bound']);
    expect(tokensOf(read(...first, RESUME, said('m2', undefined)))[4]).toBe('lower_bound');
  });

  test('that did nothing any more is known as well as before', () => {
    expect(tokensOf(read(...first, RESUME))).toEqual([1_000, 40, 0, 0, 'exact']);
  });

  test('counts a shutdown that goes on counting once', () => {
    const rows = [...first, RESUME, said('m2', 30), shutdown({ a: used(1_500, 75), b: used(1, 1) })];
    expect(tokensOf(read(...rows))).toEqual([1_501, 76, 0, 0, 'exact']);
  });

  test('counts a shutdown that stands there twice once', () => {
    expect(tokensOf(read(...first, shutdown({ a: used(1_000, 40) })))).toEqual([1_000, 40, 0, 0, 'exact']);
  });

  test.each([
    ['has fewer tokens', used(900, 60)],
    ['has less output than all messages', used(1_500, 45)],
  ])('adds a shutdown that has begun anew: it %s', (_, metrics) => {
    const { outputTokens } = metrics['usage'] as { outputTokens: number };
    const { inputTokens } = metrics['usage'] as { inputTokens: number };
    const reading = read(...first, RESUME, said('m2', 30), shutdown({ a: metrics }));
    expect(tokensOf(reading)).toEqual([1_000 + inputTokens, 40 + outputTokens, 0, 0, 'exact']);
  });

  test('adds a shutdown that does not name a model of the one before', () => {
    expect(tokensOf(read(...first, RESUME, said('m2', 2), shutdown({ b: used(5_000, 60) })))[0]).toBe(6_000);
  });

  test('is a lower bound where nothing tells whether the count went on', () => {
    const rows = [START, said('m1', undefined), shutdown({ a: used(10, 4) }), RESUME, shutdown({ a: used(15, 7) })];
    expect(tokensOf(read(...rows))).toEqual([15, 7, 0, 0, 'lower_bound']);
  });

  test('is a lower bound where a shutdown before it told nothing', () => {
    const silent = [START, said('m1', 3), shutdown(undefined), RESUME];
    expect(tokensOf(read(...silent, said('m2', 2), shutdown({ a: used(10, 4) })))[4]).toBe('lower_bound');
  });

  test('lasted as long as its parts, without the time between them', () => {
    const reading = read(...first, RESUME, event('user.message', {}, 40));
    expect([reading.duration, reading.endedAt]).toEqual([19_000, '2026-01-01T00:00:40.000Z']);
  });
});

describe('the tools of a session', () => {
  const begin = (id: string, extra: Row = {}): Row =>
    event('tool.execution_start', { toolCallId: id, toolName: 'bash', arguments: 'a secret', ...extra }, 3);
  const end = (id: string, extra: Row = {}): Row =>
    event('tool.execution_complete', { toolCallId: id, success: true, result: 'a secret', ...extra }, 5);

  test('are timed from begin to end', () => {
    const reading = read(START, said('m1', 1), begin('t1'), end('t1'), said('m2', 1), shutdown({ a: used(9, 9) }));
    expect(reading.tools).toMatchObject([{ server: null, tool: 'bash', calls: 1, errors: 0 }]);
    expect(reading.tools[0]?.latency).toMatchObject({ count: 1, sum: 2_000 });
    expect(reading.state).toMatchObject({ tools: 'exact', latency: 'exact' });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test('have the time that the engine measured where the begin is missing', () => {
    const measured = { toolTelemetry: { metrics: { durationMs: 7 } } };
    const asked = said('m1', 1, { toolRequests: [{ toolCallId: 't1', name: 'view' }] });
    const reading = read(START, asked, end('t1', measured));
    expect(reading.tools).toMatchObject([{ tool: 'view', calls: 1, latency: { count: 1, sum: 7 } }]);
    expect(reading.state.latency).toBe('partial');
  });

  test('count failures, and calls that were asked for only', () => {
    const asked = said('m1', 1, { toolRequests: [{ toolCallId: 't9', name: 'bash' }] });
    const failed = end('t1', { success: false, error: { message: 'a secret' } });
    expect(read(START, asked, begin('t1'), failed).tools).toMatchObject([{ tool: 'bash', calls: 2, errors: 1 }]);
  });

  test('name the server of an MCP tool', () => {
    const names = { toolName: 'github-list_issues', mcpServerName: 'github', mcpToolName: 'list_issues' };
    expect(read(START, begin('t1', names)).tools).toMatchObject([{ server: 'github', tool: 'list_issues' }]);
  });

  test('that were denied are counted where permissions are told of', () => {
    const asked = (kind: string): Row => event('permission.completed', { requestId: kind, result: { kind } }, 4);
    const reading = read(START, asked('approved'), asked('denied-by-rules'), asked('denied-interactively-by-user'));
    expect(reading.denials).toBe(2);
    expect(read(START, asked('approved')).denials).toBe(0);
    expect(read(START).denials).toBeNull();
  });

  test('are known in part where a killed session tells of calls and of no message', () => {
    const call = { toolCallId: 't1', toolName: 'bash' };
    const reading = read(START, event('tool.execution_start', call, 1));
    expect(reading).toMatchObject({ tools: [{ tool: 'bash', calls: 1 }], state: { tools: 'partial' } });
    expect(read(START, PROMPT).state.tools).toBe('unknown');
  });
});

describe('the end of a session', () => {
  const error = event('session.error', { errorType: 'query', message: 'a secret', statusCode: 402 }, 3);
  const abort = event('abort', { reason: 'user initiated' }, 3);

  test.each([
    ['completed', [said('m1', 1), shutdown({})]],
    ['failed', [said('m1', 1), shutdown({}, { shutdownType: 'error' })]],
    ['failed', [said('m1', 1), error, shutdown({})]],
    ['completed', [error, said('m1', 1), shutdown({})]],
    ['cancelled', [said('m1', 1), abort, shutdown({})]],
    ['unknown', [said('m1', 1), abort]],
    ['unknown', [said('m1', 1), shutdown({}, { shutdownType: 'new kind' })]],
    ['unknown', [said('m1', 1), shutdown({}), RESUME]],
    ['completed', [said('m1', 1), shutdown({}), RESUME, said('m2', 1), shutdown({})]],
  ] as const)('is %s (%#)', (outcome, rows) => {
    expect(read(START, ...rows).outcome).toBe(outcome);
  });

  test('the models are those that were chosen where none is known to have been used; auto is none', () => {
    expect(read(START).models).toEqual([]);
    expect(read(START, event('session.model_change', { newModel: 'gpt-x' })).models).toEqual(['gpt-x']);
    expect(read(START, said('m1', 1, { model: 'gpt-y' }), RESUME).models).toEqual(['gpt-y']);
  });
});

describe('damage', () => {
  const lines = [
    START,
    ...Array.from({ length: 6 }, (_, n) => said(`m${n}`, 10)),
    shutdown({ a: used(1_000, 70) }),
  ].map((row) => JSON.stringify(row));

  test('a log cut off anywhere keeps the messages before the cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 1, max: 60 }), (kept, into) => {
        const { sessions } = readText([...lines.slice(0, kept), (lines[kept] ?? '').slice(0, into)].join('\n'));
        expect(sessions[0]?.tokens.output).toBe((kept - 1) * 10);
        expect(sessions[0]).toMatchObject({ outcome: 'unknown', state: { tokens: 'partial', tools: 'partial' } });
      }),
    );
  });

  test('a log without its first lines is recognised, and its shutdown counts', () => {
    const { format, sessions } = readText(lines.slice(3).join('\n'));
    expect(format).toBe('copilot-events');
    expect(sessions).toMatchObject([{ engineSession: null, tokens: { input: 1_000, output: 70 } }]);
  });

  test('lines glued together are all read', () => {
    expect(readText(lines.join('')).sessions[0]?.tokens.total).toBe(1_070);
  });

  test('two sessions in one file are two readings', () => {
    const other = event('session.start', { sessionId: 'fedcba98' });
    const text = [...lines, JSON.stringify(other), JSON.stringify(said('x', 4))].join('\n');
    expect(readText(text).sessions.map(({ engineSession, tokens }) => [engineSession, tokens.output])).toEqual([
      ['abcdef12', 70],
      ['fedcba98', 4],
    ]);
  });

  test('of very many sessions in one file the first are read', () => {
    const rows = Array.from({ length: 102 }, (_, n) => event('session.start', { sessionId: `s${n}` }));
    const { sessions, complaints } = readText(rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(sessions).toHaveLength(100);
    expect(complaints.map(({ reason }) => reason)).toEqual(['holds more than 100 sessions: the rest was not read']);
  });

  test('events of any kind never make it throw', () => {
    const types = ['session.shutdown', 'assistant.message', 'tool.execution_complete', 'permission.completed', 'abort'];
    const some = fc.record({
      type: fc.oneof(fc.constantFrom(...types), fc.jsonValue()),
      timestamp: fc.jsonValue(),
      data: fc.oneof(
        fc.jsonValue(),
        fc.dictionary(
          fc.constantFrom('modelMetrics', 'toolRequests', 'outputTokens', 'toolCallId', 'result', 'model', 'sessionId'),
          fc.oneof(fc.jsonValue(), fc.constant({ a: used(5, 5) })),
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 8 }), (rows) => {
        const { sessions } = readText([START, ...rows].map((row) => JSON.stringify(row)).join('\n'));
        expect(sessions.length).toBeGreaterThan(0);
      }),
    );
  });
});

test('a log that holds its events twice counts them once', () => {
  const event = (second: number, type: string, data: object): object => ({
    id: `e${second}`,
    timestamp: `2026-01-01T00:00:0${second}.000Z`,
    type,
    data,
  });
  const metrics = { requests: { count: 1, cost: 1 }, usage: { inputTokens: 100, outputTokens: 20 } };
  const events = [
    event(1, 'session.start', { sessionId: 's1' }),
    event(2, 'assistant.message', { model: 'gpt-x', outputTokens: 20, toolRequests: [] }),
    event(3, 'session.shutdown', {
      shutdownType: 'routine',
      totalPremiumRequests: 1,
      modelMetrics: { 'gpt-x': metrics },
    }),
  ];
  const read = (rows: readonly object[]): SessionFileReading =>
    readSessionFile('events.jsonl', Buffer.from(rows.map((one) => JSON.stringify(one)).join('\n')), NO_PRICES);
  const once = read(events);
  expect(once.sessions).toMatchObject([{ tokens: { output: 20 }, duration: 2_000 }]);
  expect(read([...events, ...events])).toEqual(once);
});
