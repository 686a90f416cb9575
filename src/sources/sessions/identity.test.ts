import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { answer, assistant, call, type Fields, lines, prompt, row, usage } from '../../../test/kit/transcript-rows.ts';
import { NO_PRICES, type PriceList } from '../prices/price-list.ts';
import { findSessions } from '../zip/find-sessions.ts';
import type { FoundSession } from './found-session.ts';
import { eachOnce, identify } from './identity.ts';
import { readSessionFile } from './recognise.ts';

const perInputToken: PriceList = (_model, { input }) => input;

type File = readonly [path: string, text: string];

function found(files: readonly File[], price: PriceList = perInputToken): readonly FoundSession[] {
  return files.flatMap(([path, text]) =>
    identify(path, Buffer.from(text), readSessionFile(path, Buffer.from(text), price)),
  );
}
function inputs(files: readonly File[]): readonly (readonly [string, number | null])[] {
  return eachOnce(found(files)).map(({ id, reading }) => [id, reading.tokens.input]);
}
function execution(session: string, usd: number | null): string {
  const messages: object[] = [
    { type: 'system', subtype: 'init', session_id: session },
    {
      type: 'assistant',
      session_id: session,
      message: { id: 'm1', model: 'claude-x', content: [], usage: usage(4, 9) },
    },
  ];
  const modelUsage = {
    'claude-x': { inputTokens: 4, outputTokens: 90, cacheReadInputTokens: 900, cacheCreationInputTokens: 0 },
  };
  if (usd !== null)
    messages.push({
      type: 'result',
      subtype: 'success',
      session_id: session,
      num_turns: 1,
      total_cost_usd: usd,
      modelUsage,
    });
  return JSON.stringify(messages);
}

const asked = prompt('a', { timestamp: '2026-01-01T00:00:00.000Z' });
const m1 = assistant('m1', { usage: usage(4, 9), stop_reason: 'tool_use' }, [call('t1', 'Task')], {
  timestamp: '2026-01-01T00:00:01.000Z',
});
const progress = row('progress', {
  data: { type: 'agent_progress', message: { type: 'assistant', message: inner('s1', 10) } },
  timestamp: '2026-01-01T00:00:02.000Z',
});
const t1 = answer('t1', {}, { timestamp: '2026-01-01T00:00:30.000Z' });
const m2 = assistant('m2', { usage: usage(5, 9), stop_reason: 'end_turn' }, [], {
  timestamp: '2026-01-01T00:00:31.000Z',
});
const main: File = ['s1.jsonl', lines([asked, m1, progress, t1, m2])];
const agent = (id: string, input: number): File => [
  `s1/subagents/agent-${id}.jsonl`,
  lines([prompt('do', { isSidechain: true }), subagentRow(id, input)]),
];

describe('the files of one session', () => {
  test('are one session, each response of which counts once', () => {
    const files = [agent('s1', 10), main, agent('s2', 100)];
    const sessions = eachOnce(found(files));
    // m1 and m2 of the main conversation; s1, which both files hold; s2 from a file of its own.
    expect(sessions.map(({ id, path, reading }) => [id, path, reading.tokens.input])).toEqual([
      ['s1', 's1.jsonl', 4 + 5 + 10 + 100],
    ]);
    expect(sessions[0]?.reading).toMatchObject({
      turns: 1,
      outcome: 'completed',
      cost: { usd: 119 },
      duration: 31_000,
      tools: [
        { tool: 'Grep', calls: 1, errors: 0 },
        { tool: 'Task', calls: 1, errors: 0 },
      ],
    });
  });

  test('are one session inside a zip as well, and beside it', () => {
    const zip = zipSync(
      Object.fromEntries([main, agent('s1', 10), agent('s2', 100)].map(([path, text]) => [path, strToU8(text)])),
    );
    const { sessions } = findSessions('a.zip', zip, perInputToken);
    expect(sessions.map(({ reading }) => reading.tokens.input)).toEqual([119]);
    expect(
      eachOnce([...sessions, ...found([main, agent('s3', 1_000)])]).map(({ reading }) => reading.tokens.input),
    ).toEqual([1_119]);
  });

  test('count once when they are there twice, also where nothing in them bears an id', () => {
    const bare = lines([
      { type: 'user', timestamp: '2026-01-01T00:00:00Z', isSidechain: false, message: { content: 'a' } },
      { type: 'assistant', isSidechain: false, message: { content: [call(undefined, 'bash')], usage: usage(7, 1) } },
    ]);
    expect(inputs([main, agent('s2', 100), ['copy.jsonl', main[1]]])).toEqual([['s1', 119]]);
    const [once, ...more] = eachOnce(
      found([
        ['a', bare],
        ['b', bare],
      ]),
    );
    expect(more).toEqual([]);
    expect(once?.reading).toMatchObject({ turns: 1, tokens: { input: 7 }, tools: [{ tool: 'bash', calls: 1 }] });
  });

  test('give the same session in every order', () => {
    const files = [main, agent('s1', 10), agent('s2', 100), ['part.jsonl', lines([asked, m1])] as const];
    const expected = eachOnce(found(files)).map(({ id, path, reading }) => [id, path, reading.tokens, reading.cost]);
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (order) => {
        const sessions = eachOnce(found(order)).map(({ id, path, reading }) => [
          id,
          path,
          reading.tokens,
          reading.cost,
        ]);
        expect(sessions.map(([id, , ...figures]) => [id, ...figures])).toEqual(
          expected.map(([id, , ...figures]) => [id, ...figures]),
        );
      }),
    );
  });

  test('know no more than the worst of them', () => {
    const cut: File = ['s1/subagents/agent-s2.jsonl', `${agent('s2', 100)[1]}\n{"type":"assist`];
    expect(eachOnce(found([main, cut]))[0]?.reading.state.tokens).toBe('partial');
  });
});

describe('a session that goes on', () => {
  const later = { timestamp: '2026-01-03T00:00:00.000Z' };

  test('in another file under its own id is one', () => {
    const resumed = lines([asked, m1, prompt('b', later), assistant('m3', { usage: usage(1_000, 9) }, [], later)]);
    expect(inputs([main, ['later.jsonl', resumed]])).toEqual([['s1', 1_019]]);
  });

  test('under another id leaves what it copied to the session that it came from', () => {
    const copied = [asked, m1, t1, m2].map((entry) => ({ ...entry, sessionId: 's9' }));
    const own = [
      prompt('b', { ...later, sessionId: 's9' }),
      assistant('m3', { usage: usage(1_000, 9) }, [], { ...later, sessionId: 's9' }),
    ];
    const fork: File = ['fork.jsonl', lines([...copied, ...own])];
    expect(inputs([main, fork])).toEqual([
      ['s1', 19],
      ['s9', 1_000],
    ]);
    expect(inputs([fork])).toEqual([['s9', 1_009]]);
    const [, second] = eachOnce(found([main, fork]));
    expect(second?.reading).toMatchObject({ turns: 1, tools: [], startedAt: later.timestamp });
  });

  test('that is nothing but a copy is no session of its own', () => {
    const copy = lines([asked, m1].map((entry) => ({ ...entry, sessionId: 's9' })));
    expect(inputs([main, ['copy.jsonl', copy]])).toEqual([['s1', 19]]);
  });
});

describe('a transcript beside the execution file of its session', () => {
  test.each([
    ['first', [main, ['out.json', execution('s1', 0.5)]]],
    ['last', [['out.json', execution('s1', 0.5)], main, agent('s2', 100)]],
  ] as const)('gives way to the engine’s own result (the transcript %s)', (_where, files) => {
    const sessions = eachOnce(found(files));
    expect(sessions.map(({ reading }) => [reading.format, reading.reportedCost.usd])).toEqual([
      ['claude-execution', 0.5],
    ]);
  });

  test('counts where that has no result and less', () => {
    const sessions = eachOnce(found([['out.json', execution('s1', null)], main]));
    expect(sessions.map(({ reading }) => [reading.format, reading.tokens.input])).toEqual([['claude-transcript', 19]]);
  });
});

test('exports of one session in several files are added up, and events that stand in more than one count once', () => {
  const request = (id: string, tokens: number): object => ({
    timeUnixNano: `17672256${String(tokens).padStart(2, '0')}000000000`,
    body: { stringValue: 'claude_code.api_request' },
    attributes: Object.entries({
      'session.id': 's1',
      request_id: id,
      model: 'claude-x',
      input_tokens: String(tokens),
      output_tokens: '1',
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  });
  const file = (...logRecords: readonly object[]): string =>
    JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const files: File[] = [
    ['a', file(request('r1', 1), request('r2', 2))],
    ['b', file(request('r2', 2), request('r3', 4))],
  ];
  expect(inputs(files)).toEqual([['s1', 7]]);
});

test('what Gemini printed without an id is the session of the chat beside it, not another one', () => {
  const tokens = { input: 10, prompt: 10, output: 5, candidates: 5, cached: 0, thoughts: 0, tool: 0, total: 15 };
  const chat = JSON.stringify({
    sessionId: 'g1',
    projectHash: 'x',
    startTime: '2026-01-01T00:00:00.000Z',
    messages: [{ id: 'm', type: 'gemini', model: 'gemini-x', timestamp: '2026-01-01T00:00:00.000Z', tokens }],
  });
  const printed = JSON.stringify({
    response: 'x',
    stats: {
      models: { 'gemini-x': { api: { totalRequests: 1, totalErrors: 0, totalLatencyMs: 5 }, tokens } },
      tools: { totalCalls: 0, byName: {} },
    },
  });
  expect(
    inputs([
      ['run/stdout.log', printed],
      ['run/chat.json', chat],
    ]),
  ).toEqual([['g1', 10]]);
  // In another folder it may be another session.
  expect(
    inputs([
      ['one/stdout.log', printed],
      ['two/chat.json', chat],
    ]),
  ).toHaveLength(2);
});

test('what Gemini printed takes its times from the chat of the session, unless it was executed again', () => {
  const tokens = { input: 10, prompt: 10, output: 5, candidates: 5, cached: 0, thoughts: 0, tool: 0, total: 15 };
  const message = (second: number): object => ({
    id: `m${second}`,
    type: 'gemini',
    model: 'gemini-x',
    timestamp: `2026-01-01T00:00:0${second}.000Z`,
    tokens,
  });
  const chat: File = [
    'chat.json',
    JSON.stringify({ sessionId: 'g1', projectHash: 'x', messages: [message(1), message(4)] }),
  ];
  const printed = (path: string, output: number): File => [
    path,
    JSON.stringify({
      session_id: 'g1',
      response: 'x',
      stats: {
        models: {
          'gemini-x': { tokens: { ...tokens, input: 25, prompt: 25, candidates: output, total: 25 + output } },
        },
      },
    }),
  ];
  const times = (files: readonly File[]) =>
    eachOnce(found(files)).map(({ reading: { format, startedAt, endedAt, duration } }) => [
      format,
      startedAt,
      endedAt,
      duration,
    ]);
  // The chat has two messages of 15 tokens each.
  const known = ['gemini-output', '2026-01-01T00:00:01.000Z', '2026-01-01T00:00:04.000Z', 3_000];
  expect(times([printed('a', 5), chat])).toEqual([known]);
  expect(times([chat, printed('a', 5)])).toEqual([known]);
  const unknown = ['gemini-output', null, null, null];
  expect(times([chat, printed('a', 5), printed('b', 6)])).toEqual([unknown, unknown]);
  // Only a part of what the chat tells is of this run.
  expect(times([chat, printed('a', 4)])).not.toContainEqual(known);
});

test('sessions without ids stay apart by what their files hold', () => {
  const export1 = JSON.stringify({ loglines: [{ type: 'user', message: { content: 'a' } }] });
  const export2 = JSON.stringify({ loglines: [{ type: 'user', message: { content: 'b' } }] });
  expect(
    eachOnce(
      found(
        [
          ['a', export1],
          ['b', export2],
          ['c', export1],
        ],
        NO_PRICES,
      ),
    ).map(({ path }) => path),
  ).toEqual(['a', 'b']);
});

function inner(id: string, input: number): Fields {
  const stop = { stop_reason: 'end_turn' };
  return { id, model: 'claude-y', content: [call('t9', 'Grep')], usage: usage(input, 2), ...stop };
}
function subagentRow(id: string, input: number): object {
  return row('assistant', { isSidechain: true, agentId: 'a1', message: inner(id, input) });
}

describe('a result that is kept a second time without its messages', () => {
  const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
  const said = { id: 'm1', model: 'claude-x', content: [call('t1', 'Bash')], usage: usage(4, 9) };
  const messages = (start: number, duration: number): readonly object[] => [
    { type: 'assistant', session_id: 's', timestamp: at(start), message: said },
    {
      type: 'result',
      subtype: 'success',
      session_id: 's',
      num_turns: 1,
      duration_ms: duration,
      total_cost_usd: 0.5,
      modelUsage: { 'claude-x': { inputTokens: 4, outputTokens: 90, cacheReadInputTokens: 0 } },
    },
  ];
  const file = (path: string, records: readonly object[]): File => [path, JSON.stringify(records)];
  const [whole, result] = [messages(1, 700), messages(1, 700).slice(-1)];

  test('counts once, with the messages, in any order', () => {
    for (const files of [
      [file('a', whole), file('b', result)],
      [file('a', result), file('b', whole)],
    ]) {
      const sessions = eachOnce(found(files));
      expect(sessions).toMatchObject([{ id: 's', reading: { turns: 1, tools: [{ tool: 'Bash', calls: 1 }] } }]);
    }
  });

  test('counts once if the log of the job shortened it', () => {
    // As claude-code-action prints it without `show_full_output`: no session, no tokens.
    const short = (duration: number): object => ({
      type: 'result',
      subtype: 'success',
      is_error: false,
      duration_ms: duration,
      num_turns: 1,
      total_cost_usd: 0.5,
      permission_denials_count: 0,
    });
    const log = (path: string, duration: number): File => [path, `run\n${JSON.stringify(short(duration), null, 2)}\n`];
    const costs = (files: readonly File[]) => eachOnce(found(files)).map(({ id, reading }) => [id, reading.cost.usd]);
    expect(costs([log('job.log', 700), file('a', whole)])).toEqual([['s', 0.5]]);
    expect(costs([file('a', whole), log('job.log', 700), log('again.log', 700)])).toEqual([['s', 0.5]]);
    expect(costs([log('job.log', 700), ['copy.log', `${log('', 700)[1]}more\n`]])).toHaveLength(1);
    expect(costs([file('a', whole), log('job.log', 701)])).toHaveLength(2);
  });

  test('counts twice if it is of another execution', () => {
    const ids = (files: readonly File[]): readonly string[] => eachOnce(found(files)).map(({ id }) => id);
    expect(ids([file('a', whole), file('b', messages(1, 701).slice(-1))])).toEqual(['s', 's#2']);
    expect(ids([file('a', whole), file('b', messages(5, 700))])).toEqual(['s', 's#2']);
    expect(ids([file('a', result), file('b', whole), file('c', messages(5, 700))])).toEqual(['s', 's#2']);
    const other = JSON.parse(JSON.stringify(result).replace('90', '91'));
    expect(ids([file('a', whole), file('b', other)])).toEqual(['s', 's#2']);
  });

  test.each([
    ['cost', '"total_cost_usd":0.5', '"total_cost_usd":0'],
    ['length', '"duration_ms":700', '"duration_ms":0'],
  ])('counts twice where it has no %s, which says too little', (_, figure, none) => {
    const [first, second] = [whole, result].map((records) => JSON.parse(JSON.stringify(records).replace(figure, none)));
    expect(eachOnce(found([file('a', first), file('b', second)]))).toHaveLength(2);
  });
});
