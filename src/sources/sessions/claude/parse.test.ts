import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { openPriceList } from '../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import { asObject, objectsOf } from '../json/fields.ts';
import { readSessionFile } from '../recognise.ts';
import { responsesOf } from './responses.ts';
import { summariseTools, toolEventsOf } from './tools.ts';

const SAMPLES = '../shared/samples';
const DAY = '2026-11-01T00:00:00.000Z';

// All expected numbers: session-formats.md, section 10, "Execution files".
const ORACLE = [
  [
    'hive-mind/exec-sonnet45-haiku35-success.json',
    0.14794805,
    [20_464, 2_649, 160_370, 13_631],
    8,
    36,
    [14, 13, 13, 0],
    75_231,
  ],
  [
    'hive-mind/exec-opus45-mcp-playwright-run1.json',
    3.6957515,
    [65_539, 27_379, 3_355_921, 198_932],
    38,
    45,
    [43, 35, 35, 1],
    603_472,
  ],
  [
    'hive-mind/exec-sonnet45-websearch.json',
    1.27346125,
    [963, 18_722, 2_294_220, 79_207],
    55,
    185,
    [69, 67, 67, 3],
    537_970,
  ],
  ['hive-mind/exec-sonnet-no-result-2.json', null, [209, 4_146, 1_285_687, 39_419], 40, null, [43, 46, 41, 1], null],
  ['claude-code-action/sample-turns.json', 0.0347, [null, null, null, null], 4, null, [3, 3, 3, 0], 18_750],
] as const;

describe.skipIf(!existsSync(SAMPLES))(
  'the sample execution files (skipped where ../shared/samples is not there)',
  () => {
    test.each(ORACLE)(
      '%s gives the totals of the reference',
      async (file, cost, tokens, responses, turns, calls, ms) => {
        const bytes = readFileSync(`${SAMPLES}/${file}`);
        const { sessions, complaints } = readSessionFile(file, bytes, await openPriceList(DAY));
        expect(complaints).toEqual([]);
        expect(sessions).toHaveLength(1);
        const [reading] = sessions;
        const kinds = reading?.tokens;
        const written = kinds?.cacheWrite5m == null ? null : kinds.cacheWrite5m + (kinds.cacheWrite1h ?? 0);
        expect([kinds?.input, kinds?.output, kinds?.cacheRead, written]).toEqual(tokens);
        expect(reading?.reportedCost.usd === null ? null : reading?.reportedCost.usd.toFixed(8)).toBe(
          cost?.toFixed(8) ?? null,
        );
        expect(reading?.turns).toBe(turns);
        expect(reading?.duration).toBe(ms);
        const messages = objectsOf(JSON.parse(bytes.toString('utf8')));
        expect(responsesOf(messages)).toHaveLength(responses);
        const tally = summariseTools(toolEventsOf(messages));
        expect([tally.calls, tally.results, tally.pairs, tally.errors]).toEqual(calls);
      },
    );

    test('the file without a result is priced request by request, as a lower bound', async () => {
      const file = 'hive-mind/exec-sonnet-no-result-2.json';
      const { sessions } = readSessionFile(file, readFileSync(`${SAMPLES}/${file}`), await openPriceList(DAY));
      expect(sessions[0]?.cost.usd).toBeCloseTo(0.596344, 6);
      expect(sessions[0]?.cost.basis).toBe('estimated');
      expect(sessions[0]?.outcome).toBe('unknown');
      expect(sessions[0]?.state).toEqual({
        tokens: 'lower_bound',
        cost: 'lower_bound',
        turns: 'unknown',
        tools: 'partial',
        latency: 'unknown',
      });
    });

    test('a file cut off anywhere keeps the messages before the cut, and never claims to be exact', () => {
      const text = readFileSync(`${SAMPLES}/hive-mind/exec-sonnet45-haiku35-success.json`, 'utf8');
      const whole = objectsOf(JSON.parse(text));
      const ends = whole.map((message) => JSON.stringify(message));
      fc.assert(
        fc.property(fc.integer({ min: 2, max: ends.length - 1 }), fc.integer({ min: 1, max: 80 }), (kept, into) => {
          const cut = `[\n${ends.slice(0, kept).join(',\n')},\n${(ends[kept] ?? '').slice(0, into)}`;
          const { sessions } = read(cut);
          const expected = responsesOf(whole.slice(0, kept));
          if (expected.length === 0) return;
          expect(sessions[0]?.tokens.input).toBe(expected.reduce((sum, { usage }) => sum + (usage?.input ?? 0), 0));
          expect(sessions[0]?.state.tokens).toBe('partial');
          expect(sessions[0]?.tools.reduce((sum, tool) => sum + tool.calls, 0)).toBe(
            toolEventsOf(whole.slice(0, kept)).calls.size,
          );
        }),
        { numRuns: 40 },
      );
    });

    test('flipped bytes and cuts never make the reader throw', () => {
      const bytes = readFileSync(`${SAMPLES}/claude-code-action/sample-turns.json`);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
          fc.nat(bytes.length),
          (flips, cut) => {
            const damaged = Uint8Array.from(bytes.subarray(0, cut));
            for (const [at, value] of flips) if (at < cut) damaged[at] = value;
            const { sessions, complaints } = readSessionFile('x', damaged, NO_PRICES);
            expect(sessions.length + complaints.length).toBeGreaterThan(0);
          },
        ),
      );
    });
  },
);

const INIT = { type: 'system', subtype: 'init', session_id: 's1', model: 'claude-x' };
const USAGE = { input_tokens: 4, output_tokens: 3, cache_read_input_tokens: 900, cache_creation_input_tokens: 50 };
const RESULT = {
  subtype: 'success',
  is_error: false,
  session_id: 's1',
  num_turns: 2,
  total_cost_usd: 0.01,
  duration_ms: 5000,
  usage: { ...USAGE, output_tokens: 70 },
  permission_denials: [{ tool_name: 'Bash', tool_use_id: 't1', tool_input: { command: 'rm' } }],
  modelUsage: {
    'claude-x': {
      inputTokens: 4,
      outputTokens: 70,
      cacheReadInputTokens: 900,
      cacheCreationInputTokens: 50,
      costUSD: 0.01,
    },
  },
  type: 'result',
};

function assistant(id: string, content: readonly unknown[], more: object = {}): object {
  return { type: 'assistant', session_id: 's1', message: { id, model: 'claude-x', content, usage: USAGE }, ...more };
}
function call(id: string, name: string): object {
  return { type: 'tool_use', id, name, input: { command: 'secret command' } };
}
function answer(id: string, more: object = {}): object {
  return {
    type: 'user',
    session_id: 's1',
    message: { content: [{ type: 'tool_result', tool_use_id: id, content: 'out' }] },
    ...more,
  };
}
function read(text: string, price: PriceList = NO_PRICES): ReturnType<typeof readSessionFile> {
  return readSessionFile('f.json', Buffer.from(text), price);
}
function only(messages: readonly unknown[], price?: PriceList): SessionReading {
  const { sessions } = read(JSON.stringify(messages), price);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}
const perInputToken: PriceList = (_model, usage) => usage.input / 1_000;

describe('a Claude execution file', () => {
  const messages = [INIT, assistant('m1', [call('t1', 'Bash')]), answer('t1'), RESULT];

  test.each([
    ['an array', JSON.stringify(messages)],
    ['a pretty-printed array', JSON.stringify(messages, null, 2)],
    ['an array with a byte order mark', `\ufeff${JSON.stringify(messages)}`],
    ['an array with Windows line ends', JSON.stringify(messages, null, 2).replaceAll('\n', '\r\n')],
    ['JSON Lines', messages.map((message) => JSON.stringify(message)).join('\n')],
    [
      'JSON Lines with Windows line ends and blank lines',
      messages.map((message) => JSON.stringify(message)).join('\r\n\r\n'),
    ],
    [
      'pretty-printed objects one after the other',
      messages.map((message) => JSON.stringify(message, null, 2)).join('\n'),
    ],
    ['records glued on one line', messages.map((message) => JSON.stringify(message)).join('')],
  ])('reads the same from %s', (_shape, text) => {
    const { sessions, complaints } = read(text);
    expect(complaints).toEqual([]);
    expect(sessions).toEqual([only(messages)]);
  });

  test('reads UTF-16 as PowerShell writes it', () => {
    const bytes = Buffer.from(`\ufeff${JSON.stringify(messages)}`, 'utf16le');
    expect(readSessionFile('f', bytes, NO_PRICES).sessions).toEqual([only(messages)]);
  });

  test('takes totals from the result and says that they are exact', () => {
    const reading = only(messages);
    expect(reading.tokens).toEqual({
      input: 4,
      output: 70,
      cacheRead: 900,
      cacheWrite5m: 50,
      cacheWrite1h: 0,
      total: 1024,
    });
    expect(reading.cost).toEqual({ usd: 0.01, basis: 'billed' });
    expect(reading).toMatchObject({ outcome: 'completed', turns: 2, denials: 1, duration: 5000, engineSession: 's1' });
    expect(reading.state).toEqual({
      tokens: 'exact',
      cost: 'exact',
      turns: 'exact',
      tools: 'exact',
      latency: 'unknown',
    });
  });

  test('reads a single result object, whose tools nobody knows', () => {
    const { sessions } = read(JSON.stringify(RESULT));
    expect(sessions[0]).toMatchObject({ turns: 2, tools: [], state: { tokens: 'exact', tools: 'unknown' } });
  });

  test.each([
    ['success', false, undefined, 'completed'],
    ['success', true, undefined, 'failed'],
    ['error_during_execution', true, undefined, 'failed'],
    ['error_max_turns', true, undefined, 'stopped_by_limit'],
    ['error_max_budget_usd', true, undefined, 'stopped_by_limit'],
    ['success', false, 'max_turns', 'stopped_by_limit'],
    ['error_of_next_year', false, undefined, 'failed'],
    [null, null, undefined, 'unknown'],
  ])('subtype %s, is_error %s, reason %s means %s', (subtype, is_error, terminal_reason, outcome) => {
    expect(only([INIT, { ...RESULT, subtype, is_error, terminal_reason }]).outcome).toBe(outcome);
  });

  test('holds a result of zeros for a crash when the API has answered', () => {
    const zeros = {
      ...RESULT,
      total_cost_usd: 0,
      num_turns: 0,
      duration_ms: 0,
      duration_api_ms: 0,
      usage: { input_tokens: 0, output_tokens: 0 },
      modelUsage: {},
    };
    const reading = only([INIT, assistant('m1', []), zeros], perInputToken);
    expect(reading.reportedCost).toEqual({ usd: null, basis: 'unknown' });
    expect(reading.cost).toEqual({ usd: 0.004, basis: 'estimated' });
    expect(reading).toMatchObject({
      turns: null,
      duration: null,
      tokens: { input: 4 },
      state: { tokens: 'lower_bound', cost: 'lower_bound' },
      detail: { apiDuration: null },
    });
  });

  test('takes the cost from the field of the first versions', () => {
    // claude-code-action read `cost_usd` of the result in src/entrypoints/update-comment-link.ts until it became `total_cost_usd`.
    const { total_cost_usd: _, usage: __, modelUsage: ___, ...early } = RESULT;
    const reading = only([INIT, assistant('m1', []), { ...early, cost_usd: 0.0347 }], perInputToken);
    expect(reading).toMatchObject({
      cost: { usd: 0.0347, basis: 'billed' },
      reportedCost: { usd: 0.0347 },
      state: { tokens: 'unknown', cost: 'exact' },
    });
  });

  test('believes zero when the result says so and the API never answered', () => {
    const usage = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
    const reading = only([INIT, { ...RESULT, is_error: true, total_cost_usd: 0, usage, modelUsage: {} }]);
    expect(reading.cost).toEqual({ usd: 0, basis: 'billed' });
    expect(reading.tokens.total).toBe(0);
    expect(reading.state).toMatchObject({ tokens: 'exact', cost: 'exact' });
  });

  test('takes null for absent, never for zero', () => {
    const empty = {
      type: 'result',
      subtype: null,
      is_error: null,
      num_turns: null,
      total_cost_usd: null,
      usage: null,
      modelUsage: null,
      permission_denials: null,
      duration_ms: null,
    };
    const reading = only([INIT, empty]);
    expect(reading).toMatchObject({ turns: null, denials: null, duration: null, outcome: 'unknown' });
    expect(reading.tokens.total).toBeNull();
    expect(reading.cost.usd).toBeNull();
    expect(new Set(Object.values(reading.state))).toEqual(new Set(['unknown']));
  });

  test('an init alone proves nothing', () => {
    const reading = only([INIT]);
    expect(reading.tokens.total).toBeNull();
    expect(new Set(Object.values(reading.state))).toEqual(new Set(['unknown']));
  });

  test.each(['', '  \n', '[]', '[\n]\n'])('%j holds no session, and says that nothing is known', (text) => {
    const { sessions, complaints } = read(text);
    expect(sessions).toEqual([]);
    expect(complaints[0]?.reason).toContain('nothing is known of the session');
  });

  test('counts a response once, with the largest output of its rows, and the tools of all rows', () => {
    const grown = {
      ...assistant('m1', [call('t2', 'Read')]),
      message: { id: 'm1', model: 'claude-x', content: [call('t2', 'Read')], usage: { ...USAGE, output_tokens: 30 } },
    };
    const reading = only([INIT, assistant('m1', [call('t1', 'Bash')]), grown, assistant('m1', [call('t1', 'Bash')])]);
    expect(reading.tokens).toMatchObject({ input: 4, output: 30 });
    expect(reading.tools.map(({ tool, calls }) => [tool, calls])).toEqual([
      ['Bash', 1],
      ['Read', 1],
    ]);
  });

  test('measures tools where the messages carry times, and splits MCP names at the first double underscore', () => {
    const reading = only([
      INIT,
      assistant('m1', [call('t1', 'mcp__my_server__do__it')], { timestamp: '2026-01-01T00:00:00.000Z' }),
      answer('t1', { timestamp: '2026-01-01T00:00:02.000Z' }),
      RESULT,
    ]);
    expect(reading.tools).toMatchObject([
      { server: 'my_server', tool: 'do__it', calls: 1, errors: 0, latency: { count: 1, sum: 2000 } },
    ]);
    expect(reading.state.latency).toBe('exact');
    expect(reading).toMatchObject({ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:02.000Z' });
  });

  test('takes 1-hour cache writes from the nested split', () => {
    const usage = { ...USAGE, cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 } };
    expect(only([INIT, assistant('m1', []), { ...RESULT, usage }]).tokens).toMatchObject({
      cacheWrite5m: 20,
      cacheWrite1h: 30,
    });
  });

  test('an error of no known call makes the tools a lower bound', () => {
    const call = { type: 'tool_use', name: 'Bash', input: {} };
    const failed = { type: 'tool_result', content: 'Exit code 1', is_error: true };
    const reading = only([INIT, assistant('m1', [call]), { type: 'user', message: { content: [failed] } }, RESULT]);
    expect(reading).toMatchObject({ tools: [{ tool: 'Bash', calls: 1, errors: 0 }], state: { tools: 'lower_bound' } });
  });

  test('says so when the messages hold more than the result admits to', () => {
    const forged = {
      ...RESULT,
      modelUsage: {
        'claude-x': { inputTokens: 1, outputTokens: 1, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 },
      },
    };
    const { sessions, complaints } = read(JSON.stringify([INIT, assistant('m1', []), forged]));
    expect(sessions[0]?.state.tokens).toBe('lower_bound');
    expect(complaints[0]?.reason).toContain('more tokens than the result reports');
  });

  test('a model without a price is unknown and named as left out, never free', () => {
    const { sessions, complaints } = read(JSON.stringify([INIT, assistant('m1', [])]));
    expect(sessions[0]?.cost).toEqual({ usd: null, basis: 'unknown' });
    expect(complaints[0]?.reason).toContain('1 of 1 responses have no known price');
  });

  test('tells two sessions of one stream apart', () => {
    const other = [INIT, assistant('m9', []), RESULT].map((message) => ({ ...message, session_id: 's2' }));
    const { sessions } = read([...messages, ...other].map((message) => JSON.stringify(message)).join('\n'));
    expect(sessions.map((session) => session.engineSession)).toEqual(['s1', 's2']);
  });

  test('a bad line costs only itself, and the complaint tells where it is', () => {
    const lines = messages.map((message) => JSON.stringify(message));
    const text = [lines[0], lines[1], '{"type":"user","mess', lines[2], lines[3]].join('\n');
    const { sessions, complaints } = read(text);
    expect(sessions[0]?.tokens).toEqual(only(messages).tokens);
    expect(complaints).toEqual([
      {
        path: 'f.json',
        line: 3,
        byte: Buffer.byteLength(`${lines[0]}\n${lines[1]}\n`),
        reason: 'a record is cut off before its end',
      },
    ]);
  });

  test('numbers as text count, negative and absurd ones do not', () => {
    const reading = only([
      INIT,
      {
        ...RESULT,
        num_turns: '7',
        total_cost_usd: -5,
        duration_ms: 1e300,
        modelUsage: {},
        usage: { input_tokens: '12', output_tokens: -1 },
      },
    ]);
    expect(reading).toMatchObject({ turns: 7, duration: null, tokens: { input: 12, output: null, total: null } });
    expect(reading.reportedCost.usd).toBeNull();
  });

  test('keeps at most a bounded number of tools, whatever the record claims', () => {
    const calls = Array.from({ length: 1_000 }, (_, index) => call(`t${index}`, `Tool${index}`));
    const reading = only([INIT, assistant('m1', calls), RESULT]);
    expect(reading.tools.length).toBeLessThanOrEqual(201);
    expect(reading.tools.reduce((sum, tool) => sum + tool.calls, 0)).toBe(1_000);
  });

  test('no secret and no content of any free-text position reaches the reading or the complaints', () => {
    const secret = `ghp_${'aB3dE5gH7jK9'.repeat(3)}`;
    const plant = (value: unknown): unknown => {
      if (typeof value === 'string')
        return ['system', 'init', 'assistant', 'user', 'result', 'tool_use', 'tool_result'].includes(value)
          ? value
          : `${value} ${secret}`;
      if (Array.isArray(value)) return value.map(plant);
      const object = asObject(value);
      return object === null
        ? value
        : Object.fromEntries(
            Object.entries(object).map(([key, member]) => [
              key === 'claude-x' ? `${key} ${secret}` : key,
              plant(member),
            ]),
          );
    };
    const planted = JSON.stringify(plant([...messages, { type: 'user', message: secret, cwd: secret }]));
    for (const text of [planted, planted.slice(0, -40), `${planted}}{"${secret}`]) {
      const found = read(text);
      expect(JSON.stringify(found)).not.toContain(secret);
      expect(JSON.stringify(found)).not.toContain('secret command');
    }
    expect(read(planted).sessions).toHaveLength(1);
  });
});
