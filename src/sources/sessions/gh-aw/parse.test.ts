import { strToU8, zipSync } from 'fflate';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { quantile } from '../../../core/sketch.ts';
import { openPriceList } from '../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import { findSessions } from '../../zip/find-sessions.ts';
import { collectSessions } from '../collect.ts';
import { complaintLine } from '../format.ts';
import { joinPlaces, joinRun, placeOf } from '../pieces.ts';
import { readSessionFile } from '../recognise.ts';

type Files = Readonly<Record<string, string>>;

interface Read {
  readonly sessions: readonly SessionReading[];
  readonly ids: readonly string[];
  readonly complaints: readonly string[];
}

/** Reads files as those of one run. */
function readRun(files: Files, price: PriceList = NO_PRICES): Read {
  const readings = Object.entries(files).map(([path, text]) => readSessionFile(path, strToU8(text), price));
  const pieces = readings.map(({ piece }) => piece).filter((piece) => piece !== undefined);
  const { sessions, complaints } = joinRun(pieces, [], price);
  const all = [...readings.flatMap((reading) => reading.complaints), ...complaints];
  return {
    sessions: sessions.map(({ reading }) => reading),
    ids: sessions.map(({ id }) => id),
    complaints: all.map(complaintLine),
  };
}

function lines(...rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** A line of the proxy: the example of session-formats.md, section 8. */
const LINE = {
  _schema: 'token-usage/v0.28.0',
  timestamp: '2026-01-01T00:00:00Z',
  event: 'token_usage',
  request_id: '7',
  provider: 'anthropic',
  model: 'claude-sonnet-4-5',
  path: '/v1/messages',
  status: 200,
  streaming: true,
  input_tokens: 3,
  output_tokens: 40,
  cache_read_tokens: 900,
  cache_write_tokens: 60,
  duration_ms: 1200,
};
const SECOND = { ...LINE, request_id: '8', timestamp: '2026-01-01T00:01:00Z', input_tokens: 5, output_tokens: 2 };
const TOTALS = {
  input_tokens: 8,
  output_tokens: 42,
  cache_read_tokens: 1_800,
  cache_write_tokens: 120,
  ai_credits: 12.5,
  primary_model: 'claude-sonnet-4-5',
};
const INFO = {
  engine_id: 'claude',
  model: 'sonnet',
  version: '1',
  workflow_name: 'Gardener',
  run_id: 4711,
  run_attempt: '2',
  firewall_enabled: true,
};
const SUMS = { input: 8, output: 42, cacheRead: 1_800, cacheWrite5m: 120, cacheWrite1h: 0, total: 1_970 };

describe('totals and lines of one run', () => {
  test('are read together, compared and never added, and bear the id of the run', () => {
    const { sessions, ids, complaints } = readRun({
      'usage/agent_usage.json': JSON.stringify(TOTALS),
      'usage/agent/token_usage.jsonl': lines(LINE, SECOND),
      'usage/aw_info.json': JSON.stringify(INFO),
    });
    expect(complaints).toEqual([]);
    expect(ids).toEqual(['gh-aw:4711-2']);
    expect(sessions).toMatchObject([
      {
        engine: 'gh-aw',
        format: 'gh-aw-usage',
        engineSession: 'gh-aw:4711-2',
        models: ['claude-sonnet-4-5'],
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: '2026-01-01T00:01:00.000Z',
        duration: 60_000,
        turns: null,
        tokens: SUMS,
        cost: { usd: 0.125, basis: 'list' },
        reportedCost: { usd: 0.125, basis: 'list' },
        state: { tokens: 'exact', cost: 'exact', turns: 'unknown', tools: 'unknown', latency: 'unknown' },
      },
    ]);
  });

  test('one line in three files counts once, in whatever order its fields stand', () => {
    const shuffled = JSON.stringify(Object.fromEntries(Object.entries(LINE).reverse()));
    const { sessions } = readRun({
      'agent/token_usage.jsonl': lines(LINE, SECOND),
      'sandbox/firewall/logs/api-proxy-logs/token-usage.jsonl': lines(LINE),
      'sandbox/firewall/audit/api-proxy-logs/token-usage.jsonl': `${shuffled}\n`,
    });
    expect(sessions.map(({ tokens }) => tokens)).toEqual([SUMS]);
  });

  test('an id counts per event, and lines without an id only when they are the same', () => {
    const { request_id: _id, ...nameless } = LINE;
    const { sessions } = readRun({
      'a/token_usage.jsonl': lines(
        nameless,
        { ...nameless, output_tokens: 41 },
        { ...LINE, event: 'other_usage' },
        LINE,
      ),
      'b/token_usage.jsonl': lines(nameless),
    });
    expect(sessions[0]?.tokens.output).toBe(40 + 41 + 40 + 40);
  });

  test('lines that hold less than the totals: the totals count, with both numbers told', () => {
    const files = { 'agent_usage.json': JSON.stringify(TOTALS), 'agent/token_usage.jsonl': lines(LINE) };
    const { sessions, complaints } = readRun(files);
    expect(sessions[0]?.tokens).toEqual(SUMS);
    expect(sessions[0]?.state.tokens).toBe('lower_bound');
    expect(complaints).toEqual([
      'agent_usage.json: the totals of gh-aw tell 1970 tokens, the lines of its proxy 1003: the totals count, as a lower bound',
    ]);
  });

  test('lines that hold more than the totals count, as a lower bound', () => {
    const { sessions, complaints } = readRun({
      'agent_usage.json': JSON.stringify({ ...TOTALS, output_tokens: 40 }),
      'token_usage.jsonl': lines(LINE, SECOND),
    });
    expect([sessions[0]?.tokens.output, sessions[0]?.state.tokens]).toEqual([42, 'lower_bound']);
    expect(complaints[0]).toContain('the lines count');
  });

  test('a file that is cut off keeps its lines, as partial; totals make up for what is lost', () => {
    const cut = `${lines(LINE)}${JSON.stringify(SECOND).slice(0, 90)}`;
    const alone = readRun({ 'token_usage.jsonl': cut });
    expect([alone.sessions[0]?.tokens.output, alone.sessions[0]?.state.tokens]).toEqual([40, 'partial']);
    expect(alone.complaints).toEqual(['token_usage.jsonl line 2: a record is cut off before its end']);
    const both = readRun({ 'token_usage.jsonl': cut, 'agent_usage.json': JSON.stringify(TOTALS) });
    expect([both.sessions[0]?.tokens, both.sessions[0]?.state.tokens]).toEqual([SUMS, 'exact']);
  });

  test('copies of the totals in two artifacts count once, and a copy that differs is told', () => {
    const copy = { 'agent/agent_usage.json': JSON.stringify(TOTALS), 'usage/agent_usage.json': JSON.stringify(TOTALS) };
    expect(readRun(copy)).toMatchObject({ sessions: [{ tokens: SUMS, cost: { usd: 0.125 } }], complaints: [] });
    const less = { ...copy, 'usage/agent_usage.json': JSON.stringify({ ...TOTALS, output_tokens: 1 }) };
    const { sessions, complaints } = readRun(less);
    expect(sessions[0]?.tokens).toEqual(SUMS);
    expect(complaints[0]).toContain('copies of the totals of gh-aw differ');
  });
});

describe('the detection of threats', () => {
  test('is a session of its own, whose ids do not hide those of the agent', () => {
    const { sessions, ids } = readRun({
      'usage/agent/token_usage.jsonl': lines(LINE),
      'usage/detection/token_usage.jsonl': lines({ ...LINE, timestamp: '2026-01-01T00:09:00Z', output_tokens: 7 }),
      'aw_info.json': JSON.stringify(INFO),
    });
    expect(ids).toEqual(['gh-aw:4711-2', 'gh-aw:4711-2:detection']);
    expect(sessions.map(({ tokens }) => tokens.output)).toEqual([40, 7]);
  });

  test.each([
    ['detection.zip!/token_usage.jsonl', true],
    ['runs/1/threat-detection/token_usage.jsonl', true],
    ['a1b2c3d4-detection/token_usage.jsonl', true],
    ['object-detection/runs/1/token_usage.jsonl', false],
  ])('tells by names of gh-aw what %s holds', (path, isDetection) => {
    const { ids } = readRun({ [path]: lines(LINE), 'aw_info.json': JSON.stringify(INFO) });
    expect(ids).toEqual([isDetection ? 'gh-aw:4711-2:detection' : 'gh-aw:4711-2']);
  });

  test('does not count a line of the agent that lies in its folder too', () => {
    const { sessions } = readRun({ 'agent/t.jsonl': lines(LINE), 'detection/t.jsonl': lines(LINE) });
    expect(sessions.map(({ tokens }) => tokens.output)).toEqual([40]);
  });
});

describe('input and what was cached of it', () => {
  const openai = { ...LINE, provider: 'openai', model: 'gpt-5', input_tokens: 1_000, cache_write_tokens: 0 };

  test.each([
    ['as the record says: in it', { ...openai, input_tokens_include_cache: true }, 100, 'exact'],
    ['as the record says: apart', { ...openai, input_tokens_include_cache: false }, 1_000, 'exact'],
    ['as OpenAI does, when the record does not say', openai, 100, 'estimate'],
    ['apart, when it is less than what was cached', { ...openai, input_tokens: 10 }, 10, 'estimate'],
    ['as Anthropic does', LINE, 3, 'exact'],
    ['as Anthropic does, behind another provider', { ...LINE, provider: 'copilot' }, 3, 'exact'],
    [
      'apart, as a guess, where another provider could count either way',
      { ...openai, provider: 'copilot', model: 'claude-x' },
      1_000,
      'estimate',
    ],
    ['without cache', { ...openai, cache_read_tokens: 0 }, 1_000, 'exact'],
  ])('%s', (_name, row, input, state) => {
    const [session] = readRun({ 'token_usage.jsonl': lines(row) }).sessions;
    expect([session?.tokens.input, session?.state.tokens]).toEqual([input, state]);
  });
});

describe('the cost', () => {
  test('credits of the proxy come before those of the totals, which were once half of them', () => {
    const told = { ai_credits_this_response: 10, ai_credits_total: 10 };
    const { sessions, complaints } = readRun({
      'token_usage.jsonl': lines(
        { ...LINE, ...told },
        { ...SECOND, ai_credits_this_response: 15, ai_credits_total: 25 },
      ),
      'agent_usage.json': JSON.stringify(TOTALS),
    });
    expect(sessions[0]).toMatchObject({ cost: { usd: 0.25, basis: 'list' }, state: { cost: 'estimate' } });
    expect(complaints[0]).toContain('those of the proxy count');
  });

  test('credits that only some lines tell are a lower bound', () => {
    const { sessions } = readRun({ 'token_usage.jsonl': lines({ ...LINE, ai_credits_this_response: 10 }, SECOND) });
    expect(sessions[0]).toMatchObject({ cost: { usd: 0.1, basis: 'list' }, state: { cost: 'lower_bound' } });
  });

  test('credits are a lower bound where the proxy says that it knows none of a request, also where its total goes on', () => {
    const known = { ...LINE, ai_credits_this_response: 10, ai_credits_total: 10 };
    const unpriced = { ...SECOND, ai_credits_this_response: null, ai_credits_total: null };
    for (const totals of [{}, { 'agent_usage.json': JSON.stringify({ ...TOTALS, ai_credits: 10 }) }]) {
      const { sessions } = readRun({ 'token_usage.jsonl': lines(known, unpriced), ...totals });
      expect(sessions).toMatchObject([{ cost: { usd: 0.1 }, state: { cost: 'lower_bound' } }]);
    }
  });

  test('without credits each request is priced; sonnet 4.5 costs 3, 15, 0.3 and 3.75 dollars a million', async () => {
    const { sessions } = readRun(
      { 'token_usage.jsonl': lines(LINE, SECOND) },
      await openPriceList('2026-11-01T00:00:00.000Z'),
    );
    const usd = (8 * 3 + 42 * 15 + 1_800 * 0.3 + 120 * 3.75) / 1e6;
    expect(sessions[0]?.cost.usd).toBeCloseTo(usd, 10);
    expect(sessions[0]).toMatchObject({
      cost: { basis: 'list' },
      reportedCost: { usd: null },
      state: { cost: 'estimate' },
    });
  });

  test('a model without a price is left out and told', async () => {
    const rows = lines(LINE, { ...SECOND, model: 'house-model-x' });
    const { sessions, complaints } = readRun({ 't.jsonl': rows }, await openPriceList('2026-11-01T00:00:00.000Z'));
    expect(sessions[0]).toMatchObject({ cost: { basis: 'estimated' }, state: { cost: 'lower_bound' } });
    expect(complaints[0]).toContain('1 requests have no known price');
  });

  test('totals of the age of effective tokens are priced from their kinds; the weighted number counts nowhere', async () => {
    const { ai_credits: _credits, ...old } = TOTALS;
    const file = { 'agent_usage.json': JSON.stringify({ ...old, effective_tokens: 99_999 }) };
    const { sessions } = readRun(file, await openPriceList('2026-11-01T00:00:00.000Z'));
    expect(sessions[0]).toMatchObject({
      tokens: SUMS,
      cost: { basis: 'list' },
      state: { tokens: 'exact', cost: 'estimate' },
    });
    const only = readRun({ 'agent_usage.json': '{"effective_tokens":99999}' });
    expect(only.sessions[0]).toMatchObject({ tokens: { total: null }, state: { tokens: 'unknown', cost: 'unknown' } });
  });

  test('Copilot without the proxy: credits are known and tokens are not', () => {
    const { sessions, complaints } = readRun({
      'agent_usage.json': '{"ai_credits":3.5,"premium_requests":2}',
      'agent_usage.jsonl': '{"provider":"copilot","ai_credits":3.5,"premium_requests":2}',
    });
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({
      tokens: { input: null, total: null },
      cost: { usd: 0.035, basis: 'list' },
      state: { tokens: 'unknown', cost: 'exact' },
      detail: { billedUnits: { aiUnits: null, premiumRequests: 2 } },
    });
    expect(complaints).toEqual([]);
  });

  test('premium requests alone were measured all the same, unless they are 0', () => {
    const { sessions, complaints } = readRun({ 'agent_usage.json': '{"premium_requests":2}' });
    expect(sessions[0]?.detail?.billedUnits).toEqual({ aiUnits: null, premiumRequests: 2 });
    expect(complaints).toEqual([]);
    const none = readRun({ 'agent_usage.json': '{"premium_requests":0}' });
    expect(none.sessions[0]?.detail?.billedUnits).toBeNull();
    expect(none.complaints).toHaveLength(1);
  });
});

describe('what was not measured is unknown, not zero', () => {
  const zeros = '{"input_tokens":0,"output_tokens":0,"cache_read_tokens":0,"cache_write_tokens":0,"ai_credits":0}';
  const unknown = {
    tokens: { input: null, total: null },
    cost: { usd: null, basis: 'unknown' },
    state: { tokens: 'unknown', cost: 'unknown' },
  };

  test('zeros of a run without its firewall', () => {
    const { sessions, complaints } = readRun({
      'agent_usage.json': zeros,
      'aw_info.json': JSON.stringify({ ...INFO, firewall_enabled: false }),
    });
    expect(sessions).toMatchObject([unknown]);
    expect(complaints).toEqual(['agent_usage.json: gh-aw ran without its firewall, which is what counts tokens']);
  });

  test('zeros with the firewall, and lines of zeros', () => {
    expect(readRun({ 'agent_usage.json': zeros })).toMatchObject({
      sessions: [unknown],
      complaints: ['agent_usage.json: the usage is empty: nothing was measured'],
    });
    const empty = { ...LINE, input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0 };
    expect(readRun({ 'token_usage.jsonl': lines(empty) }).sessions).toMatchObject([unknown]);
  });

  test('an empty file beside the facts of the run gives no session, and the reason where the firewall was off', () => {
    const off = JSON.stringify({ ...INFO, firewall_enabled: false });
    const { sessions, complaints } = readRun({ 'token_usage.jsonl': '', 'aw_info.json': off });
    expect(sessions).toEqual([]);
    expect(complaints.at(-1)).toContain('without its firewall');
    expect(readRun({ 'aw_info.json': JSON.stringify(INFO) })).toMatchObject({ sessions: [], complaints: [] });
  });

  test('an answered request without tokens makes the sum a lower bound; one that failed does not', () => {
    const bare = { event: 'token_usage', request_id: '9', model: 'm', status: 200 };
    expect(readRun({ 't.jsonl': lines(LINE, bare) }).sessions[0]?.state.tokens).toBe('lower_bound');
    expect(readRun({ 't.jsonl': lines(LINE, { ...bare, status: 529 }) }).sessions[0]?.state.tokens).toBe('exact');
  });
});

describe('the gateway', () => {
  const call = { event: 'tool_call', server_name: 'github', tool_name: 'get_issue', duration: 100, status: 'success' };
  const log = lines(
    call,
    { ...call, duration: 300, status: 'error', error: 'no such issue' },
    { ...call, tool_name: 'search' },
    { ...call, event: 'server_start' },
    { event: 'request', server_name: 'github', tool_name: null, method: 'tools/list', status: 'success' },
  );

  test('gives calls, errors and times per server and tool', () => {
    const { sessions } = readRun({ 'mcp-logs/gateway.jsonl': log, 'token_usage.jsonl': lines(LINE) });
    expect(sessions[0]?.tools).toMatchObject([
      { server: 'github', tool: 'get_issue', calls: 2, errors: 1 },
      { server: 'github', tool: 'search', calls: 1, errors: 0 },
    ]);
    expect(quantile(sessions[0]?.tools[0]?.latency ?? null, 1)).toBe(300);
    expect(sessions[0]?.state).toMatchObject({ tools: 'lower_bound', latency: 'partial' });
  });

  test('a copy of its log counts once, and a log alone is a session of unknown tokens', () => {
    const { sessions } = readRun({ 'gateway.jsonl': log, 'mcp-logs/gateway.jsonl': log });
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.tools.map(({ calls }) => calls)).toEqual([2, 1]);
    expect(sessions[0]?.state).toMatchObject({ tokens: 'unknown', cost: 'unknown', tools: 'lower_bound' });
  });

  test('the sums of the summary stand in where the log is missing', () => {
    const activity = JSON.stringify({
      gateway: { total_calls: 9, failed_calls: 2 },
      firewall: { blocked_requests: 1 },
    });
    const { sessions } = readRun({ 'activity/summary.json': activity, 'token_usage.jsonl': lines(LINE) });
    expect(sessions[0]?.tools).toEqual([
      { server: null, tool: '(tools of the gateway)', calls: 9, errors: 2, latency: null },
    ]);
    const both = readRun({ 'activity/summary.json': activity, 'gateway.jsonl': log, 'token_usage.jsonl': lines(LINE) });
    expect(both.sessions[0]?.tools.map(({ calls }) => calls)).toEqual([2, 1]);
  });
});

describe('a shape that is new', () => {
  test.each([
    ['usage/agent_usage.json', '{"v":9,"usage":{"in":3}}'],
    ['token_usage.jsonl', '{"_schema":"token-usage/v9","tokens":{"in":3}}'],
  ])('%s gives a complaint that names the file and the engine', (path, text) => {
    const { sessions, complaints } = readRun({ [path]: text, 'aw_info.json': JSON.stringify(INFO) });
    expect(sessions).toEqual([]);
    expect(complaints[0]).toContain(`${path}: format not recognised: a usage file of gh-aw (engine gh-aw`);
  });

  test('is told in a zip too, where other files are passed over', () => {
    const zip = zipSync({ 'agent/token_usage.jsonl': strToU8('{"rows":[]}'), 'x.json': strToU8('{"rows":[]}') });
    const { sessions, complaints } = findSessions('usage.zip', zip, NO_PRICES);
    expect(sessions).toEqual([]);
    expect(complaints.map(complaintLine)).toEqual([
      expect.stringContaining('usage.zip!/agent/token_usage.jsonl: format'),
    ]);
  });
});

describe('files of several places', () => {
  test.each([
    ['logs/run-1/usage/agent/token_usage.jsonl', 'logs/run-1'],
    ['logs/run-1/agent/sandbox/firewall/logs/api-proxy-logs/token-usage.jsonl', 'logs/run-1'],
    ['dl/usage.zip!/agent_usage.json', 'dl'],
    ['dl/usage-7.zip!/agent/token_usage.jsonl', 'dl/usage-7.zip'],
    ['C:\\dl\\usage\\agent_usage.json', 'C:/dl'],
    ['agent_usage.json', ''],
  ])('%s lies at "%s"', (path, place) => {
    expect(placeOf(path)).toBe(place);
  });

  test('runs beside each other stay apart, and zips of one run come together', async () => {
    const usage = zipSync({
      'agent_usage.json': strToU8(JSON.stringify(TOTALS)),
      'aw_info.json': strToU8(JSON.stringify(INFO)),
    });
    const agent = zipSync({ 'sandbox/firewall/logs/api-proxy-logs/token-usage.jsonl': strToU8(lines(LINE, SECOND)) });
    await using folder = await createFixture({
      'run-1/usage.zip': Buffer.from(usage),
      'run-1/agent.zip': Buffer.from(agent),
      'run-2/usage/agent_usage.json': JSON.stringify({ ...TOTALS, ai_credits: 1 }),
    });
    const { sessions, complaints } = await collectSessions([folder.path], NO_PRICES, () => undefined);
    expect(complaints).toEqual([]);
    expect(sessions.map(({ reading }) => reading.cost.usd)).toEqual([0.125, 0.01]);
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(2);
  });

  test('places that tell of the same run are read together', async () => {
    const info = JSON.stringify(INFO);
    await using folder = await createFixture({
      'a/agent_usage.json': JSON.stringify(TOTALS),
      'a/aw_info.json': info,
      'b/token_usage.jsonl': lines(LINE, SECOND),
      'b/aw_info.json': info,
    });
    const { sessions, complaints } = await collectSessions([folder.path], NO_PRICES, () => undefined);
    expect(complaints).toEqual([]);
    expect(sessions).toMatchObject([{ id: 'gh-aw:4711-2', reading: { tokens: SUMS, cost: { usd: 0.125 } } }]);
  });

  test('runs whose zips lie in one folder stay apart when they tell their ids', () => {
    const zipOf = (run: number): Uint8Array =>
      zipSync({
        'agent_usage.json': strToU8(JSON.stringify(TOTALS)),
        'aw_info.json': strToU8(JSON.stringify({ ...INFO, run_id: run })),
      });
    const pieces = [1, 2].flatMap(
      (run) => findSessions(run === 1 ? 'usage.zip' : 'agent.zip', zipOf(run), NO_PRICES).pieces,
    );
    const { sessions } = joinPlaces(pieces, [], NO_PRICES);
    expect(sessions.map(({ id }) => id)).toEqual(['gh-aw:1-2', 'gh-aw:2-2']);
  });
});
