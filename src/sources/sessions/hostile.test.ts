import { describe, expect, test } from 'vitest';
import { growth, LINEAR } from '../../../test/kit/growth.ts';
import { assistant, lines, usage } from '../../../test/kit/transcript-rows.ts';
import type { SessionReading } from '../../core/session.ts';
import type { FoundSession } from './found-session.ts';
import { eachOnce, identify } from './identity.ts';
import { joinPlaces } from './pieces.ts';
import { readSessionFile } from './recognise.ts';

const AT = '2026-10-01T00:00:00.000Z';

function many(count: number, make: (index: number, count: number) => object): readonly object[] {
  return Array.from({ length: count }, (_, index) => make(index, count));
}

/** Whether a file that `make` wrote with so many items, or four times as many, takes no more than it has to. */
function growthOfFile(make: (count: number) => string, count: number): number {
  const files = new Map([count, 4 * count].map((size) => [size, Buffer.from(make(size))]));
  return growth((size) => {
    const { sessions } = readSessionFile('file.jsonl', files.get(size) ?? Buffer.alloc(0), () => 0.1);
    expect(sessions).toHaveLength(1);
  }, count);
}

const STREAM = { type: 'stream_event', session_id: 's' };
const MESSAGE = { id: 'm', model: 'x', usage: usage(1, 2) };
const BEGIN = { ...STREAM, event: { type: 'message_start', message: MESSAGE } };
const INIT = { type: 'system', subtype: 'init', session_id: 's', model: 'x', tools: [] };
const START = { type: 'session.start', id: 'e', timestamp: AT, data: { sessionId: 'c', producer: 'copilot-agent' } };

/** A line of Claude Code's notes about usage, each with less than the one before, as if it had started over. */
function note(index: number, count: number): object {
  const models = { x: { inputTokens: 1, outputTokens: count - index } };
  return { type: 'cost-state', sessionId: 's', startTime: index, totalCostUSD: 1, modelUsage: models };
}

function shutdown(index: number, count: number): object {
  const usage = { inputTokens: 1, outputTokens: count - index, cacheReadTokens: 0, cacheWriteTokens: 0 };
  return { type: 'session.shutdown', id: `e${index}`, timestamp: AT, data: { modelMetrics: { x: { usage } } } };
}

function decision(index: number): object {
  const data = { requestId: `p${index}`, result: { kind: 'denied-by-rules' } };
  return { type: 'permission.completed', id: `e${index}`, timestamp: AT, data };
}

describe('the time that reading takes does not grow faster than', () => {
  test.each<[string, number, (count: number) => string]>([
    [
      'the number of requests with one message id',
      8_000,
      (count) => lines(many(count, (n) => ({ ...assistant('m', MESSAGE), sessionId: 's', requestId: `r${n}` }))),
    ],
    [
      'the number of notes that start over',
      16_000,
      (count) => lines([{ ...assistant('m', MESSAGE), sessionId: 's' }, ...many(count, note)]),
    ],
    [
      'the fields of streamed usage',
      2_000,
      (count) => {
        const delta = (n: number): object => ({
          type: 'message_delta',
          usage: { output_tokens: n, [`field ${n}`]: 1 },
        });
        return lines([INIT, BEGIN, ...many(count, (n) => ({ ...STREAM, event: delta(n) }))]);
      },
    ],
    ['the number of calls that Copilot refused', 10_000, (count) => lines([START, ...many(count, decision)])],
    [
      'the number of events that are named like a long one',
      1_000,
      (count) => {
        const named = (content: string): object => ({
          type: 'assistant.message',
          id: 'm',
          timestamp: AT,
          data: { content },
        });
        return lines([START, named('x'.repeat(100 * count)), ...many(count, (n) => named(`${n}`))]);
      },
    ],
    ['the number of ends of a session of Copilot', 10_000, (count) => lines([START, ...many(count, shutdown)])],
  ])('%s', (_name, count, make) => {
    expect(growthOfFile(make, count)).toBeLessThan(LINEAR);
  });
});

/** The sessions of small files, one after the other. */
function sessionsIn(files: readonly (readonly [path: string, content: object | readonly object[]])[]): FoundSession[] {
  return files.flatMap(([path, content]) => {
    const bytes = Buffer.from(JSON.stringify(content));
    return [
      ...identify(
        path,
        bytes,
        readSessionFile(path, bytes, () => 0.1),
      ),
    ];
  });
}

function printed(tokens: number, id?: string): object {
  const counts = { prompt: tokens, candidates: 1, total: tokens + 1, cached: 0, thoughts: 0, tool: 0 };
  return { session_id: id, response: 'x', stats: { models: { 'gemini-x': { tokens: counts } } } };
}

test.each([
  ['"hook.start"', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, '{}'],
])('events that stand twice in a log may be nested to any depth: %#', (type, data) => {
  const event = `{"type":${type},"id":"d","timestamp":"${AT}","data":${data}}`;
  const text = [JSON.stringify(START), event, event].join('\n');
  const { sessions, complaints } = readSessionFile('events.jsonl', Buffer.from(text), () => 0.1);
  expect(sessions.map(({ engineSession }) => engineSession)).toEqual(['c']);
  expect(complaints).toEqual([]);
});

test('a trace may have more spans than a call may have arguments', () => {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 1,
    'gen_ai.usage.output_tokens': 2,
  };
  const resource = { attributes: { 'service.name': 'github-copilot' } };
  const spans = many(150_000, (n) => ({ type: 'span', traceId: 't', spanId: `s${n}`, attributes, resource }));
  const { sessions } = readSessionFile('otel.jsonl', Buffer.from(lines(spans)), () => 0.1);
  expect(sessions.map(({ tokens }) => tokens.output)).toEqual([300_000]);
});

test('a file is hashed once for all its sessions without an id', () => {
  const bytes = Buffer.alloc(32_000_000, '{');
  const [session] = readSessionFile('file.json', Buffer.from(JSON.stringify(printed(1))), () => 0.1).sessions;
  const named = (count: number): void => {
    const sessions = Array.from({ length: session === undefined ? 0 : count }, () => session as SessionReading);
    const ids = identify('file.json', bytes, { sessions, parts: [] }).map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual([ids[0], `${ids[0]}:2`]);
    expect(new Set(ids).size).toBe(count);
  };
  expect(growth(named, 25)).toBeLessThan(2);
});

describe('the time that putting sessions together takes does not grow faster than', () => {
  test.each<[string, (index: number) => object | readonly object[]]>([
    ['the number of runs of one session', (index) => printed(index + 1, 'g')],
    ['the number of files without an id', (index) => printed(index + 1)],
  ])('%s', (_name, content) => {
    const found = sessionsIn(Array.from({ length: 8_000 }, (_, index) => [`folder/${index}.json`, content(index)]));
    const ofFiles = (count: number): void => {
      expect(eachOnce(found.slice(0, count))).toHaveLength(count);
    };
    expect(growth(ofFiles, 2_000)).toBeLessThan(LINEAR);
  });

  test('the number of runs of gh-aw', () => {
    const request = { event: 'token_usage', request_id: 'r', provider: 'p', input_tokens: 1, output_tokens: 1 };
    const pieces = Array.from({ length: 8_000 }, (_, index) => {
      const { piece } = readSessionFile(`${index}/usage.jsonl`, Buffer.from(lines([request])), () => 0.1);
      return piece === undefined ? [] : [piece];
    }).flat();
    const ofRuns = (count: number): void => {
      expect(joinPlaces(pieces.slice(0, count), [], () => 0.1).sessions).toHaveLength(count);
    };
    expect(growth(ofRuns, 2_000)).toBeLessThan(LINEAR);
  });
});
