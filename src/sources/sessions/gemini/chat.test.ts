import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { openPriceList } from '../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import type { SessionFileReading } from '../file-reading.ts';
import { readSessionFile } from '../recognise.ts';

const SAMPLES = '../shared/samples';
const DAY = '2026-11-01T00:00:00.000Z';

// All expected numbers: session-formats.md, section 10. Output here includes thoughts, and input excludes cached tokens.
const ORACLE = [
  ['entireio-cli/gemini-session-in-jsonl-name.jsonl', 131_375 - 113_854, 717 + 1_095, 113_854, 133_187, 9, '0.013202'],
  ['agent-sessions/gemini-chat-v040.jsonl', 23_924 - 11_502, 228, 11_502, 24_152, 1, '0.007470'],
] as const;

describe.skipIf(!existsSync(SAMPLES))('the sample chats (skipped where ../shared/samples is not there)', () => {
  test.each(ORACLE)(
    '%s gives the totals of the reference',
    async (file, input, output, cacheRead, total, calls, usd) => {
      const { sessions, complaints } = readSessionFile(
        file,
        readFileSync(`${SAMPLES}/${file}`),
        await openPriceList(DAY),
      );
      expect(complaints).toEqual([]);
      expect(sessions).toHaveLength(1);
      const [reading] = sessions;
      expect(reading?.tokens).toEqual({ input, output, cacheRead, cacheWrite5m: 0, cacheWrite1h: 0, total });
      expect(reading?.cost.usd?.toFixed(6)).toBe(usd);
      expect(reading?.cost.basis).toBe('list');
      expect(callsOf(reading)).toBe(calls);
      expect(reading?.tools.every(({ errors }) => errors === 0)).toBe(true);
      expect(reading?.outcome).toBe('completed');
      expect(reading?.state).toMatchObject({ tokens: 'lower_bound', cost: 'lower_bound', tools: 'exact' });
    },
  );

  test('flipped bytes and cuts never make the reader throw', () => {
    const bytes = readFileSync(`${SAMPLES}/agent-sessions/gemini-chat-v040.jsonl`);
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

type Row = Readonly<Record<string, unknown>>;

const HEADER: Row = {
  sessionId: '11111111-2222-3333-4444-555555555555',
  projectHash: 'abc',
  startTime: '2026-01-01T00:00:00.000Z',
  lastUpdated: '2026-01-01T00:00:00.000Z',
  kind: 'main',
};
const ASKED: Row = { id: 'u1', type: 'user', timestamp: '2026-01-01T00:00:01.000Z', content: 'a secret prompt' };
const TOKENS = { input: 1_000, output: 50, cached: 400, thoughts: 30, tool: 0, total: 1_080 };

function said(id: string, extra: Row = {}): Row {
  const at = '2026-01-01T00:00:05.000Z';
  return { id, type: 'gemini', timestamp: at, content: 'x', model: 'gemini-x', tokens: TOKENS, ...extra };
}

function call(id: string, extra: Row = {}): Row {
  return { id, name: 'read_file', args: {}, status: 'success', timestamp: '2026-01-01T00:00:07.500Z', ...extra };
}

function readText(text: string, price: PriceList = NO_PRICES): SessionFileReading {
  return readSessionFile('chat', Buffer.from(text), price);
}

function read(rows: readonly Row[], price: PriceList = NO_PRICES): SessionReading {
  const { sessions } = readText(rows.map((row) => JSON.stringify(row)).join('\n'), price);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

function callsOf(reading: SessionReading | undefined): number {
  return reading?.tools.reduce((sum, tool) => sum + tool.calls, 0) ?? 0;
}

describe('the tokens of a chat', () => {
  test('leave what was cached out of the input and bill thoughts as output', () => {
    expect(read([HEADER, ASKED, said('g1')]).tokens).toEqual({
      input: 600,
      output: 80,
      cacheRead: 400,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      total: 1_080,
    });
  });

  test('keep the input where the total shows that it is without what was cached', () => {
    const { tokens } = read([HEADER, said('g1', { tokens: { ...TOKENS, total: 1_480 } })]);
    expect([tokens.input, tokens.cacheRead, tokens.total]).toEqual([1_000, 400, 1_480]);
  });

  test('keep the input where more was cached than it holds', () => {
    expect(read([HEADER, said('g1', { tokens: { ...TOKENS, cached: 5_000 } })]).tokens.input).toBe(1_000);
  });

  test('count the prompts of tools as input', () => {
    const { tokens } = read([HEADER, said('g1', { tokens: { ...TOKENS, tool: 7, total: 1_087 } })]);
    expect([tokens.input, tokens.total]).toEqual([607, 1_087]);
  });

  test('are not known where zeros stand beside a tool call', () => {
    const zeros = { input: 0, output: 0, cached: 0, thoughts: 0, tool: 0, total: 0 };
    const reading = read([HEADER, ASKED, said('g1', { tokens: zeros, toolCalls: [call('c1')] })]);
    expect(reading.tokens.total).toBeNull();
    expect(reading.cost.usd).toBeNull();
    expect(reading.state).toMatchObject({ tokens: 'unknown', cost: 'unknown', latency: 'unknown' });
    expect(callsOf(reading)).toBe(1);
  });

  test.each([[null], [undefined], ['many'], [{ input: null }]])('are not known where the record says %j', (tokens) => {
    expect(read([HEADER, said('g1', { tokens })]).state.tokens).toBe('unknown');
  });

  test('of a repeated id count once, the last record of it', () => {
    const later = { ...TOKENS, input: 2_000, total: 2_080 };
    const { tokens } = read([HEADER, said('g1'), said('g1', { tokens: later }), said('g2')]);
    expect(tokens.total).toBe(2_080 + 1_080);
  });

  test('stay when a later record of the message has none', () => {
    expect(read([HEADER, said('g1'), said('g1', { tokens: null })]).tokens.total).toBe(1_080);
  });

  test('of messages that were rewound were paid for', () => {
    expect(read([HEADER, ASKED, said('g1'), { $rewindTo: 'u1' }, said('g2')]).tokens.total).toBe(2 * 1_080);
  });

  test('of a shortened conversation were paid for, and what it keeps counts once', () => {
    const shortened = { $set: { messages: [said('g2'), said('summary', { tokens: undefined })] } };
    expect(read([HEADER, said('g1'), said('g2'), shortened]).tokens.total).toBe(2 * 1_080);
  });

  test('are at least what the messages hold, since the engine asks models beside the conversation', () => {
    expect(read([HEADER, ASKED, said('g1')]).state.tokens).toBe('lower_bound');
  });
});

describe('the shapes of a chat', () => {
  test('one object with its messages reads as the same lines do', () => {
    const rows = [ASKED, said('g1', { toolCalls: [call('c1')] }), said('g2')];
    const object = JSON.stringify({ ...HEADER, messages: rows }, null, 2);
    const lines = read([HEADER, ...rows]);
    expect(readText(object).sessions).toEqual([lines]);
    expect(lines.tokens.total).toBe(2 * 1_080);
  });

  test('two sessions in one file are two readings, and a repeated header begins none', () => {
    const rows = [HEADER, said('g1'), HEADER, said('g2'), { ...HEADER, sessionId: 'other' }, said('g3')];
    const { sessions } = readText(rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(sessions.map((session) => [session.engineSession, session.tokens.total])).toEqual([
      [HEADER['sessionId'], 2_160],
      ['other', 1_080],
    ]);
  });

  test('of very many sessions in one file the first are read', () => {
    const rows = Array.from({ length: 102 }, (_, n) => [{ ...HEADER, sessionId: `s${n}` }, said('g')]).flat();
    const { sessions, complaints } = readText(rows.map((row) => JSON.stringify(row)).join('\n'), () => 1);
    expect(sessions).toHaveLength(100);
    expect(complaints.map(({ reason }) => reason)).toEqual(['holds more than 100 sessions: the rest was not read']);
  });

  test('a chat without its header is recognised by its messages', () => {
    const { format, sessions } = readText(JSON.stringify(said('g1')));
    expect(format).toBe('gemini-chat');
    expect(sessions).toMatchObject([{ engineSession: null, tokens: { total: 1_080 } }]);
  });

  test('a header alone tells nothing', () => {
    const reading = read([HEADER]);
    expect(reading.outcome).toBe('unknown');
    expect(reading.state).toEqual({
      tokens: 'unknown',
      cost: 'unknown',
      turns: 'unknown',
      tools: 'unknown',
      latency: 'unknown',
    });
  });

  test('nothing of what was said is kept, and names are made safe', () => {
    const key = 'AKIAABCDEFGHIJKLMNOP';
    const toolCalls = [
      call('c1', { name: `tool \u202e${key}`, args: { a: 'secret argument' }, result: ['secret out'] }),
    ];
    const reading = read([HEADER, ASKED, said('g1', { model: `m ${key}`, toolCalls, content: 'secret answer' })]);
    expect(JSON.stringify(reading)).not.toMatch(/secret|AKIA|\u202e/);
    expect(reading.models).toEqual(['m [redacted:aws-key]']);
  });
});

describe('the tools of a chat', () => {
  test('are timed from the message to the end of the call', () => {
    const reading = read([HEADER, said('g1', { toolCalls: [call('c1')] }), said('g2')]);
    expect(reading.tools).toMatchObject([{ server: null, tool: 'read_file', calls: 1, errors: 0 }]);
    expect(reading.tools[0]?.latency).toMatchObject({ count: 1, sum: 2_500 });
    expect(reading.state).toMatchObject({ tools: 'exact', latency: 'estimate' });
  });

  test('count a call once by its id, with the last that is told of it', () => {
    const pending = said('g1', { toolCalls: [call('c1', { status: 'executing' })] });
    const done = said('g1', { toolCalls: [call('c1', { status: 'error' }), call('c2', { status: 'cancelled' })] });
    expect(read([HEADER, pending, done]).tools).toMatchObject([{ calls: 2, errors: 2 }]);
  });

  test('have no time while they are not done, nor when they end before they begin', () => {
    const toolCalls = [
      call('c1', { status: 'executing' }),
      call('c2', { timestamp: '2026-01-01T00:00:04.000Z' }),
      call('c3', { timestamp: 'soon' }),
    ];
    const reading = read([HEADER, said('g1', { toolCalls })]);
    expect(reading.tools[0]).toMatchObject({ calls: 3, errors: 0, latency: null });
    expect(reading.state.latency).toBe('unknown');
  });

  test.each([
    ['mcp_github_list_issues', undefined, 'github', 'list_issues'],
    ['mcp__my_server__list', undefined, 'my_server', 'list'],
    ['github__list_issues', undefined, 'github', 'list_issues'],
    ['my_server__list', undefined, 'my_server', 'list'],
    ['list_issues', 'list_issues (my server MCP Server)', 'my server', 'list_issues'],
    ['run_shell_command', 'Shell', null, 'run_shell_command'],
    ['x', ' MCP Server)', null, 'x'],
    ['x', 'x ( MCP Server)', null, 'x'],
    ['mcp_x', undefined, null, 'mcp_x'],
    ['__init__', undefined, null, '__init__'],
    ['mcp_a_very_long_na___which_was_cut', undefined, null, 'mcp_a_very_long_na___which_was_cut'],
  ])('%s (shown as %s) is of server %s', (name, displayName, server, tool) => {
    const { tools } = read([HEADER, said('g1', { toolCalls: [call('c1', { name, displayName })] })]);
    expect(tools).toMatchObject([{ server, tool }]);
  });
});

describe('the end of a chat', () => {
  test.each([
    ['completed', [ASKED, said('g1')]],
    ['unknown', [said('g1'), ASKED]],
    ['unknown', [ASKED, said('g1', { toolCalls: [call('c1')] })]],
    ['failed', [ASKED, said('g1'), { id: 'e1', type: 'error', content: 'x' }]],
    ['completed', [ASKED, said('g1'), { id: 'i1', type: 'info', content: 'x' }]],
  ] as const)('is %s by its last message', (outcome, rows) => {
    expect(read([HEADER, ...rows]).outcome).toBe(outcome);
  });

  test('a record that ends in a call for tools may be cut off', () => {
    const reading = read([HEADER, said('g1', { toolCalls: [call('c1')] })], () => 0.5);
    expect(reading.cost).toEqual({ usd: 0.5, basis: 'estimated' });
    expect(reading.state.tools).toBe('partial');
  });

  test('it began and ended with the first and the last moment that is named', () => {
    const reading = read([HEADER, said('g1'), { $set: { lastUpdated: '2026-01-01T00:01:00.000Z' } }]);
    expect([reading.startedAt, reading.endedAt, reading.duration]).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:01:00.000Z',
      60_000,
    ]);
  });
});

describe('the cost of a chat', () => {
  test('is priced request by request, at the time of each', () => {
    const asked: unknown[] = [];
    const price: PriceList = (model, usage, at) => {
      asked.push([model, usage.input, usage.output, usage.cacheRead, at]);
      return 0.25;
    };
    expect(read([HEADER, said('g1'), said('g2')], price).cost).toEqual({ usd: 0.5, basis: 'list' });
    expect(asked).toEqual(Array(2).fill(['gemini-x', 600, 80, 400, '2026-01-01T00:00:05.000Z']));
  });

  test('leaves out what has no price, and says so', () => {
    const rows = [HEADER, said('g1'), said('g2', { model: 'other' })].map((row) => JSON.stringify(row)).join('\n');
    const { sessions, complaints } = readText(rows, (model) => (model === 'other' ? null : 1));
    expect(sessions[0]?.cost.usd).toBe(1);
    expect(complaints.map(({ reason }) => reason)).toEqual([
      '1 of 2 responses have no known price: the cost leaves them out',
    ]);
  });
});

describe('damage', () => {
  const rows = [HEADER, ...Array.from({ length: 6 }, (_, n) => said(`g${n}`, { toolCalls: [call(`c${n}`)] }))];

  test('a chat cut off anywhere keeps the messages before the cut, and never passes for whole', () => {
    const lines = rows.map((row) => JSON.stringify(row));
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 100 }), (kept, into) => {
        const { sessions } = readText([...lines.slice(0, kept), (lines[kept] ?? '').slice(0, into)].join('\n'));
        expect(sessions[0]?.tokens.total).toBe((kept - 1) * 1_080);
        expect(callsOf(sessions[0])).toBe(kept - 1);
        expect(sessions[0]).toMatchObject({ outcome: 'unknown', state: { tokens: 'partial', tools: 'partial' } });
      }),
    );
  });

  test('lines glued together are all read', () => {
    const { sessions } = readText(rows.map((row) => JSON.stringify(row)).join(''));
    expect(sessions[0]?.tokens.total).toBe(6 * 1_080);
  });

  test('fields of any kind never make it throw', () => {
    const anything = fc.dictionary(
      fc.constantFrom('id', 'type', 'tokens', 'toolCalls', 'model', 'timestamp', '$set', '$rewindTo', 'messages'),
      fc.oneof(fc.jsonValue(), fc.constant('gemini'), fc.constant([{ id: 'c', name: 'n', status: 'success' }])),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 6 }), (some) => {
        const { sessions } = readText([HEADER, ...some].map((row) => JSON.stringify(row)).join('\n'));
        expect(sessions.length).toBeGreaterThan(0);
      }),
    );
  });
});
