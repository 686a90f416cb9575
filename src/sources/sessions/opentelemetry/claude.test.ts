import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SessionReading, UNKNOWN_DETAIL } from '../../../core/session.ts';
import { openPriceList } from '../../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../../prices/price-list.ts';
import { eachOnce, identify } from '../identity.ts';
import { readSessionFile } from '../recognise.ts';

// There is no real export with a licence. Every fixture here follows the table in session-formats.md, section 4.

type Scalar = string | number | boolean;
const BORN = Date.parse('2026-01-01T00:00:00.000Z');

function nanos(second: number): string {
  return `${BORN + second * 1000}000000`;
}
/** 64-bit integers are text in OTLP as JSON. */
function value(scalar: Scalar): object {
  if (typeof scalar === 'boolean') return { boolValue: scalar };
  if (typeof scalar === 'string') return { stringValue: scalar };
  return Number.isInteger(scalar) ? { intValue: `${scalar}` } : { doubleValue: scalar };
}
function attributes(fields: Record<string, Scalar>): object[] {
  return Object.entries(fields).map(([key, scalar]) => ({ key, value: value(scalar) }));
}
const SERVICE = { 'service.name': 'claude-code', 'service.version': '2.1.300' };

function log(second: number, name: string, fields: Record<string, Scalar> = {}): object {
  return {
    timeUnixNano: nanos(second),
    body: { stringValue: `claude_code.${name}` },
    attributes: attributes({ 'event.name': name, 'session.id': 's1', ...fields }),
  };
}
function logs(records: readonly object[], resource: Record<string, Scalar> = SERVICE): object {
  const scope = { name: 'com.anthropic.claude_code.events' };
  return {
    resourceLogs: [{ resource: { attributes: attributes(resource) }, scopeLogs: [{ scope, logRecords: records }] }],
  };
}
function point(second: number, amount: number, fields: Record<string, Scalar>): object {
  const number = Number.isInteger(amount) ? { asInt: `${amount}` } : { asDouble: amount };
  return {
    ...number,
    startTimeUnixNano: nanos(second - 60),
    timeUnixNano: nanos(second),
    attributes: attributes({ 'session.id': 's1', ...fields }),
  };
}
function metric(name: string, dataPoints: readonly object[], aggregationTemporality: number | string = 1): object {
  return { name, sum: { aggregationTemporality, isMonotonic: true, dataPoints } };
}
function metrics(list: readonly object[], resource: Record<string, Scalar> = SERVICE): object {
  const scope = { name: 'com.anthropic.claude_code' };
  return {
    resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics: [{ scope, metrics: list }] }],
  };
}
function request(second: number, id: string, fields: Record<string, Scalar> = {}): object {
  return log(second, 'api_request', {
    model: 'claude-x',
    cost_usd: 0.25,
    duration_ms: 1_200,
    input_tokens: 4,
    output_tokens: 70,
    cache_read_tokens: 900,
    cache_creation_tokens: 50,
    request_id: id,
    ...fields,
  });
}

function read(text: string, price: PriceList = NO_PRICES): ReturnType<typeof readSessionFile> {
  return readSessionFile('f.json', Buffer.from(text), price);
}
function all(exports: readonly object[], price?: PriceList): readonly SessionReading[] {
  return read(exports.map((one) => JSON.stringify(one)).join('\n'), price).sessions;
}
function only(exports: readonly object[], price?: PriceList): SessionReading {
  const sessions = all(exports, price);
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionReading;
}

describe('the events of Claude Code over OpenTelemetry', () => {
  test('are added up request by request, as a lower bound: nothing tells the end of a session', () => {
    const reading = only([
      logs([request(1, 'r1'), request(5, 'r2', { model: 'claude-y', input_tokens: 6, cost_usd: 0.5 })]),
    ]);
    expect(reading).toEqual({
      engine: 'claude',
      format: 'claude-otel',
      engineSession: 's1',
      models: ['claude-x', 'claude-y'],
      startedAt: '2026-01-01T00:00:01.000Z',
      endedAt: '2026-01-01T00:00:05.000Z',
      duration: 4_000,
      outcome: 'unknown',
      turns: null,
      tokens: { input: 10, output: 140, cacheRead: 1_800, cacheWrite5m: 100, cacheWrite1h: 0, total: 2_050 },
      cost: { usd: 0.75, basis: 'billed' },
      reportedCost: { usd: 0.75, basis: 'billed' },
      tools: [],
      denials: null,
      state: { tokens: 'lower_bound', cost: 'lower_bound', turns: 'unknown', tools: 'unknown', latency: 'unknown' },
      detail: { ...UNKNOWN_DETAIL, apiDuration: 2_400, unpricedModels: ['claude-x', 'claude-y'] },
    });
  });

  test('may come as one object, as lines, pretty-printed, or with all numbers as text', () => {
    const whole = logs([request(1, 'r1')]);
    const text = logs([request(1, 'r1', { cost_usd: '0.25', input_tokens: '4', output_tokens: '70' })]);
    const expected = only([whole]);
    for (const given of [
      JSON.stringify(whole, null, 2),
      JSON.stringify([whole]),
      JSON.stringify(text),
      `\ufeff${JSON.stringify(whole)}\n`,
    ]) {
      expect(read(given).sessions).toEqual([expected]);
    }
    const halves = [logs([request(1, 'r1')]), logs([request(2, 'r2')])].map((one) => JSON.stringify(one, null, 2));
    expect(read(halves.join('\n')).sessions[0]?.tokens.total).toBe(2_048);
  });

  test('that are sent twice count once, as they stood with the most output', () => {
    const early = request(1, 'r1', { output_tokens: 1 });
    expect(only([logs([early, request(1, 'r1')]), logs([early])]).tokens.output).toBe(70);
    const unnamed = (sequence: number): object =>
      log(1, 'api_request', { output_tokens: 7, input_tokens: 1, 'event.sequence': sequence });
    expect(only([logs([unnamed(1), unnamed(2), unnamed(2)])]).tokens.output).toBe(14);
  });

  test('of a resumed session count apart, although their numbers start over', () => {
    const unnamed = (second: number, output: number): object =>
      log(second, 'api_request', { output_tokens: output, input_tokens: 1, 'event.sequence': 1 });
    expect(only([logs([unnamed(1, 7)]), logs([unnamed(60, 5)])]).tokens).toMatchObject({ input: 2, output: 12 });
  });

  test('price what reports no cost, and believe no cost of 0 for tokens', () => {
    const price: PriceList = (model, { input }) => (model === 'claude-x' ? input : null);
    const free = request(2, 'r2', { cost_usd: 0 });
    expect(only([logs([request(1, 'r1'), free])], price)).toMatchObject({
      cost: { usd: 4.25, basis: 'estimated' },
      reportedCost: { usd: 0.25, basis: 'billed' },
    });
    const { sessions, complaints } = read(JSON.stringify(logs([free])));
    expect(sessions[0]).toMatchObject({ cost: { usd: null }, reportedCost: { usd: null }, state: { cost: 'unknown' } });
    expect(complaints[0]?.reason).toBe('the cost of 1 of 1 requests is not known: it is left out');
    const cost = metrics([metric('claude_code.cost.usage', [point(60, 0.5, { model: 'claude-x' })])]);
    const both = read([logs([free]), cost].map((message) => JSON.stringify(message)).join('\n'));
    expect(both.sessions[0]).toMatchObject({ cost: { usd: 0.5, basis: 'billed' } });
    expect(both.complaints).toEqual([]);
  });

  test('of versions that counted some answers twice are an estimate', () => {
    const of = (version: string): unknown =>
      only([logs([request(1, 'r1')], { ...SERVICE, 'service.version': version })]).state.tokens;
    expect(['2.1.213', '2.1.41', '1.0.0', '2.1'].map(of)).toEqual(Array(4).fill('estimate'));
    expect(['2.1.214', '2.2.0', '3.0.0-beta', 'latest'].map(of)).toEqual(Array(4).fill('lower_bound'));
  });

  test('tell tools, how long they took, what failed and what was not allowed', () => {
    const result = (second: number, id: string, fields: Record<string, Scalar>): object =>
      log(second, 'tool_result', { tool_use_id: id, tool_name: 'Bash', success: 'true', duration_ms: 100, ...fields });
    const decide = (id: string, decision: string): object =>
      log(1, 'tool_decision', { tool_use_id: id, tool_name: 'Bash', decision, source: 'config' });
    const reading = only([
      logs([
        request(1, 'r1'),
        decide('t1', 'accept'),
        result(2, 't1', {}),
        result(2, 't1', {}),
        decide('t2', 'accept'),
        result(3, 't2', { success: 'false', duration_ms: '300', error_type: 'secret words' }),
        decide('t3', 'reject'),
        result(4, 't4', { tool_name: 'mcp__git_hub__get_issue', success: true }),
        result(4, 't5', {
          tool_name: 'mcp_tool',
          'mcp_server.name': 'git_hub',
          'mcp_tool.name': 'get_issue',
          success: false,
        }),
        result(4, 't6', { tool_name: 'mcp_tool' }),
      ]),
    ]);
    expect(reading.tools).toMatchObject([
      { server: null, tool: 'Bash', calls: 3, errors: 2, latency: { count: 2, sum: 400 } },
      { server: 'git_hub', tool: 'get_issue', calls: 2, errors: 1, latency: { count: 2 } },
      { server: null, tool: 'mcp_tool', calls: 1, errors: 0 },
    ]);
    expect(reading.denials).toBe(1);
    expect(reading.state).toMatchObject({ tools: 'lower_bound', latency: 'partial' });
    expect(JSON.stringify(reading)).not.toContain('secret');
  });

  test.each([
    ['failed', [request(1, 'r1'), log(2, 'api_error', { status_code: '529' })]],
    ['failed', [log(3, 'api_retries_exhausted'), request(1, 'r1')]],
    ['unknown', [log(1, 'api_error'), request(2, 'r1')]],
    ['unknown', [request(1, 'r1'), log(2, 'api_error', { query_source: 'auxiliary' })]],
    ['unknown', [log(1, 'user_prompt')]],
  ])('make the outcome %s of %j', (outcome, records) => {
    expect(only([logs(records)]).outcome).toBe(outcome);
  });

  test('of a name without attribute are told by the record, and those of other programs stay out', () => {
    const named = { ...request(1, 'r1'), eventName: 'claude_code.api_request' };
    const bare = { ...named, attributes: attributes({ input_tokens: 4, output_tokens: 70 }) };
    expect(only([logs([bare], {})]).tokens.total).toBe(74);
    const other = logs([request(1, 'r9')], { 'service.name': 'other' });
    const mixed = {
      resourceLogs: [logs([request(1, 'r1')]), other].flatMap(
        (one) => (one as { resourceLogs: object[] }).resourceLogs,
      ),
    };
    expect(only([mixed]).tokens.total).toBe(1_024);
    expect(read(JSON.stringify(other))).toMatchObject({ format: null, sessions: [] });
  });
});

describe('the metrics of Claude Code over OpenTelemetry', () => {
  const X = { model: 'claude-x', query_source: 'main' };
  const tokens = (second: number, type: string, amount: number, more = {}): object =>
    point(second, amount, { ...X, type, ...more });
  const USED = [
    tokens(60, 'input', 4),
    tokens(60, 'output', 70),
    tokens(60, 'cacheRead', 900),
    tokens(60, 'cacheCreation', 50),
  ];
  const COST = metric('claude_code.cost.usage', [
    point(60, 0.25, X),
    point(60, 0.5, { ...X, query_source: 'auxiliary' }),
  ]);

  test('are sums of what came since the point before', () => {
    const later = [tokens(120, 'output', 30), tokens(120, 'output', 5, { query_source: 'subagent' })];
    const reading = only([metrics([metric('claude_code.token.usage', [...USED, ...later]), COST])]);
    expect(reading.tokens).toEqual({
      input: 4,
      output: 105,
      cacheRead: 900,
      cacheWrite5m: 50,
      cacheWrite1h: 0,
      total: 1_059,
    });
    expect(reading.cost).toEqual({ usd: 0.75, basis: 'billed' });
    expect(reading).toMatchObject({
      models: ['claude-x'],
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:02:00.000Z',
    });
    expect(reading.state).toMatchObject({ tokens: 'lower_bound', cost: 'lower_bound', tools: 'unknown' });
  });

  test('that are sent twice count once', () => {
    const once = metrics([metric('claude_code.token.usage', USED), COST]);
    expect(only([once, once])).toEqual(only([once]));
  });

  test.each([2, 'AGGREGATION_TEMPORALITY_CUMULATIVE'])(
    'with temporality %s are running totals, added up over restarts',
    (cumulative) => {
      const running = (start: number, second: number, amount: number): object => ({
        ...tokens(second, 'output', amount),
        startTimeUnixNano: nanos(start),
      });
      const points = [running(0, 60, 10), running(0, 120, 30), running(200, 260, 5), running(0, 60, 10)];
      expect(only([metrics([metric('claude_code.token.usage', points, cumulative)])]).tokens.output).toBe(35);
    },
  );

  test('count only where no event tells the requests, and a difference is told', () => {
    const sums = metrics([metric('claude_code.token.usage', USED), COST]);
    const same = read([sums, logs([request(1, 'r1')])].map((one) => JSON.stringify(one)).join('\n'));
    expect(same.complaints).toEqual([]);
    expect(same.sessions).toMatchObject([{ tokens: { total: 1_024 }, cost: { usd: 0.25 } }]);
    const more = read([sums, logs([request(1, 'r1'), request(2, 'r2')])].map((one) => JSON.stringify(one)).join('\n'));
    expect(more.sessions[0]?.tokens.total).toBe(2_048);
    expect(more.complaints[0]?.reason).toContain('different numbers of tokens');
  });

  describe('without a cost', () => {
    const prices = openPriceList('2026-11-01T00:00:00.000Z');
    const used = (model: string, input: number, more = {}): readonly object[] => [
      tokens(60, 'input', input, { model, ...more }),
      tokens(60, 'output', 70, { model, ...more }),
      tokens(60, 'cacheRead', 900, { model, ...more }),
      tokens(60, 'cacheCreation', 50, { model, ...more }),
    ];
    const told = (points: readonly object[], ...others: readonly object[]): object =>
      metrics([metric('claude_code.token.usage', points), ...others]);

    // Dollars for a million tokens of Claude Opus 4.5: 5 of input, 25 of output, 0.5 read from the cache, 6.25 written to it for five
    // minutes (https://platform.claude.com/docs/en/about-claude/pricing). The metrics do not say for how long.
    const OPUS = (4 * 5 + 70 * 25 + 900 * 0.5 + 50 * 6.25) / 1e6;

    test('are priced from the tokens of each model, as the least that they cost', () => {
      const reading = only([told(used('claude-opus-4-5-20251101', 4))], prices);
      expect(reading).toMatchObject({
        cost: { usd: expect.closeTo(OPUS, 12), basis: 'estimated' },
        reportedCost: { usd: null, basis: 'unknown' },
        state: { cost: 'lower_bound' },
        detail: { computedCost: { basis: 'list' }, computedState: 'lower_bound', unpricedModels: [] },
      });
      expect(reading.detail?.computedCost.usd).toBe(reading.cost.usd);
    });

    test('are priced once where they are running totals or in several files', () => {
      const running = [4, 8].map((input, index) => ({
        ...tokens(60, 'input', input),
        timeUnixNano: nanos(60 + index),
      }));
      const totals = metrics([metric('claude_code.token.usage', [...running, tokens(60, 'output', 1)], 2)]);
      const perToken: PriceList = (_model, { input, output }) => input + output;
      expect(only([totals, totals], perToken).cost.usd).toBe(9);
      const found = [USED, [tokens(120, 'input', 10), tokens(120, 'output', 1)]].flatMap((points, index) => {
        const bytes = Buffer.from(JSON.stringify(told(points)));
        return identify(`${index}`, bytes, readSessionFile(`${index}`, bytes, perToken));
      });
      expect(eachOnce(found).map(({ reading }) => reading.cost.usd)).toEqual([4 + 70 + 10 + 1]);
    });

    test('cost no more than small requests where the model charges more for large ones', () => {
      // Claude Sonnet 4.5: 3 dollars for a million tokens of input, and 6 in requests of more than 200,000 (as above).
      const long = only(
        [
          told([
            tokens(60, 'input', 1_000_000, { model: 'claude-sonnet-4-5' }),
            tokens(60, 'output', 0, { model: 'claude-sonnet-4-5' }),
          ]),
        ],
        prices,
      );
      expect(long.cost.usd).toBeCloseTo(3, 9);
      expect(long.state.cost).toBe('lower_bound');
    });

    test('are priced by the speed that they tell, and on their day', () => {
      const fast = [...used('claude-opus-4-6', 4), ...used('claude-opus-4-6', 4, { speed: 'fast' })];
      // The fast mode of Claude Opus 4.6 costs six times as much (as above).
      expect(only([told(fast)], prices).cost.usd).toBeCloseTo(7 * OPUS, 12);
      const days: PriceList = (_model, _usage, at) => (at === '2026-01-01T00:02:00.000Z' ? 1 : 9);
      expect(only([told([...USED, tokens(120, 'output', 1)])], days).cost.usd).toBe(1);
    });

    test('leave out a model without a price, and say so', () => {
      const { sessions, complaints } = readSessionFile(
        'f.json',
        Buffer.from(JSON.stringify(told([...used('claude-opus-4-5', 4), ...USED]))),
        prices,
      );
      expect(sessions[0]).toMatchObject({
        cost: { usd: expect.closeTo(OPUS, 12), basis: 'estimated' },
        detail: { computedCost: { usd: null }, computedState: 'unknown', unpricedModels: ['claude-x'] },
      });
      expect(complaints.map(({ reason }) => reason)).toEqual([
        '1 of 2 models have no known price: the cost leaves them out',
      ]);
      expect(only([told(USED)], () => null).cost).toEqual({ usd: null, basis: 'unknown' });
    });

    test('have a list price beside a cost that is reported, which counts', () => {
      const flat = only([told(used('claude-opus-4-5', 4), COST)], prices);
      expect(flat).toMatchObject({
        cost: { usd: 0.75, basis: 'billed' },
        detail: { computedCost: { usd: expect.closeTo(OPUS, 12), basis: 'list' }, computedState: 'estimate' },
      });
      const tiered = only([told(used('claude-sonnet-4-5', 1_000_000), COST)], prices);
      expect(tiered).toMatchObject({ cost: { usd: 0.75 }, detail: { computedState: 'lower_bound' } });
      const free = metric('claude_code.cost.usage', [point(60, 0, X)]);
      expect(only([told(used('claude-opus-4-5', 4), free)], prices).cost.usd).toBeCloseTo(OPUS, 12);
    });

    test('add no price to that of events', () => {
      const both = [told(used('claude-opus-4-5', 4)), logs([request(1, 'r1', { cost_usd: 0.25 })])];
      expect(only(both, prices)).toMatchObject({ cost: { usd: 0.25 }, detail: { computedCost: { usd: null } } });
    });

    test('are not priced where events tell of other tokens, whose price is not known', () => {
      const both = [told(used('claude-opus-4-5', 4)), logs([request(1, 'r1', { cost_usd: 0 })])];
      expect(only(both, prices)).toMatchObject({ cost: { usd: null }, detail: { computedCost: { usd: null } } });
    });

    test('have a list price that is a lower bound where the file is damaged', () => {
      const text = `${JSON.stringify(told(used('claude-opus-4-5', 4), COST))}\n{"resourceMetrics":`;
      expect(readSessionFile('f.json', Buffer.from(text), prices).sessions).toMatchObject([
        { state: { cost: 'partial' }, detail: { computedState: 'lower_bound' } },
      ]);
    });
  });

  test('of zero prove nothing', () => {
    const zeros = [tokens(60, 'input', 0), tokens(60, 'output', 0)];
    const none = metric('claude_code.cost.usage', [point(60, 0, X)]);
    expect(only([metrics([metric('claude_code.token.usage', zeros), none])])).toMatchObject({
      tokens: { total: null },
      cost: { usd: null },
      state: { tokens: 'unknown', cost: 'unknown' },
    });
    expect(only([metrics([metric('claude_code.session.count', [point(60, 1, {})])])]).tokens.total).toBeNull();
  });

  test('tell several sessions of one file apart, by id or else by their resource', () => {
    const of = (id: string): object => logs([request(1, 'r1', { 'session.id': id })]);
    expect(all([of('s1'), of('s2'), of('s1')]).map(({ engineSession }) => engineSession)).toEqual(['s1', 's2']);
    const nameless = {
      ...request(1, 'r1'),
      attributes: attributes({ 'event.name': 'api_request', input_tokens: 1, output_tokens: 1 }),
    };
    const runs = ['1', '2'].map((run) => logs([nameless], { ...SERVICE, 'run.id': run }));
    expect(all(runs).map(({ engineSession, tokens: used }) => [engineSession, used.total])).toEqual([
      [null, 2],
      [null, 2],
    ]);
    const inResource = logs([nameless], { ...SERVICE, 'session.id': 's7' });
    expect(only([inResource]).engineSession).toBe('s7');
  });
});

describe('damaged or hostile telemetry', () => {
  const lines = Array.from({ length: 12 }, (_, n) => JSON.stringify(logs([request(n, `r${n}`)])));

  test('cut anywhere keeps what stands before the cut, as partial', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), fc.nat(2_000), (kept, into) => {
        const next = lines[kept] ?? '';
        const { sessions } = read([...lines.slice(0, kept), next.slice(0, 1 + (into % (next.length - 1)))].join('\n'));
        expect(sessions[0]?.tokens.total).toBe(1_024 * kept);
        expect(sessions[0]?.state).toMatchObject({ tokens: 'partial', cost: 'partial' });
      }),
    );
  });

  test('flipped bytes and glued lines never make the reader throw', () => {
    const bytes = Buffer.from(lines.join(''));
    expect(read(bytes.toString()).sessions[0]?.tokens.total).toBe(1_024 * 12);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
        (flips) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, byte] of flips) damaged[at] = byte;
          const { sessions, complaints } = readSessionFile('x', damaged, NO_PRICES);
          expect(sessions.length + complaints.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  test('any values in any field never make the reader throw', () => {
    const junk = fc.jsonValue({ maxDepth: 2 });
    const attribute = fc.record({
      key: fc.oneof(junk, fc.constantFrom('event.name', 'model', 'input_tokens', 'session.id')),
      value: fc.oneof(junk, fc.record({ stringValue: junk, intValue: junk })),
    });
    const record = fc.record({
      timeUnixNano: junk,
      body: junk,
      attributes: fc.oneof(junk, fc.array(attribute, { maxLength: 4 })),
    });
    const data = fc.record({
      asInt: junk,
      timeUnixNano: junk,
      startTimeUnixNano: junk,
      attributes: fc.array(attribute, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 5 }),
        fc.array(data, { maxLength: 5 }),
        junk,
        (records, points, odd) => {
          const exports = [
            logs([request(1, 'r1'), ...records]),
            metrics([metric('claude_code.token.usage', points), { name: odd, sum: odd } as object]),
            { resourceLogs: odd, resourceMetrics: odd },
          ];
          expect(all(exports).length).toBeGreaterThan(0);
        },
      ),
    );
  });

  test('no secret, address or account reaches the reading or the complaints', () => {
    const secret = `ghp_${'aB3dE5gH7jK9'.repeat(3)}`;
    const personal = { 'user.email': 'someone@example.org', 'user.account_uuid': 'acc-1', 'organization.id': 'org-1' };
    const planted = [
      request(1, secret, { ...personal, model: `m ${secret}`, 'session.id': secret }),
      log(2, 'tool_result', {
        ...personal,
        'session.id': secret,
        tool_use_id: secret,
        tool_name: secret,
        tool_parameters: secret,
      }),
      log(2, 'api_error', { ...personal, 'session.id': secret, error: secret }),
    ];
    const text = JSON.stringify(logs(planted, { ...SERVICE, 'host.name': secret }));
    for (const given of [text, `${text}\n${text.slice(0, -40)}`, `${text}{"${secret}`]) {
      const found = JSON.stringify(read(given));
      expect(read(given).sessions).toHaveLength(1);
      for (const word of [secret, 'someone@', 'acc-1', 'org-1']) expect(found).not.toContain(word);
    }
  });

  test('the same session in two files counts once, and the execution file counts before both', () => {
    const found = (path: string, content: object): ReturnType<typeof identify> => {
      const bytes = Buffer.from(JSON.stringify(content));
      return identify(path, bytes, readSessionFile(path, bytes, NO_PRICES));
    };
    const small = found('a', logs([request(1, 'r1')]));
    const large = found('b', logs([request(1, 'r1'), request(2, 'r2')]));
    expect(eachOnce([...small, ...large])).toMatchObject([{ id: 's1', path: 'b' }]);
    const result = {
      type: 'result',
      subtype: 'success',
      session_id: 's1',
      total_cost_usd: 0.2,
      num_turns: 3,
      is_error: false,
    };
    expect(eachOnce([...large, ...found('c', [result])])).toMatchObject([{ id: 's1', path: 'c' }]);
  });
});
