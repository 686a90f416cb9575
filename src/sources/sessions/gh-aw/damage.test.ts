import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SessionReading } from '../../../core/session.ts';
import { NO_PRICES } from '../../prices/price-list.ts';
import { joinRun } from '../pieces.ts';
import { readSessionFile } from '../recognise.ts';

const ROWS = Array.from({ length: 12 }, (_, index) =>
  JSON.stringify({
    event: 'token_usage',
    timestamp: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
    request_id: `${index}`,
    provider: 'anthropic',
    model: 'claude-x',
    status: 200,
    input_tokens: 10 ** (index % 4),
    output_tokens: index,
    cache_read_tokens: 5,
    cache_write_tokens: 0,
  }),
);
/** 0 + 1 + … + 11. */
const OUTPUT = 66;

function read(bytes: Uint8Array): { readonly sessions: readonly SessionReading[]; readonly said: number } {
  const { piece, complaints } = readSessionFile('token_usage.jsonl', bytes, NO_PRICES);
  const joined = joinRun(piece === undefined ? [] : [piece], [], NO_PRICES);
  return {
    sessions: joined.sessions.map(({ reading }) => reading),
    said: complaints.length + joined.complaints.length + joined.sessions.length,
  };
}

test('lines before a cut are kept, and the sum is partial', () => {
  const whole = ROWS.join('\n');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: ROWS.length - 1 }), fc.integer({ min: 1, max: 100 }), (kept, into) => {
      const text = `${ROWS.slice(0, kept).join('\n')}\n${(ROWS[kept] ?? '').slice(0, into)}`;
      const [session] = read(Buffer.from(text)).sessions;
      expect(session?.tokens.output).toBe((kept * (kept - 1)) / 2);
      expect(session?.state.tokens).toBe('partial');
    }),
  );
  expect(read(Buffer.from(whole)).sessions[0]?.tokens.output).toBe(OUTPUT);
});

test('lines that are glued together, repeated or in another order give the same sums', () => {
  const joiner = fc.constantFrom('\n', '', '\r\n', '\n\n', ' ');
  const order = fc.shuffledSubarray([...ROWS, ...ROWS.slice(0, 5)], { minLength: 17, maxLength: 17 });
  fc.assert(
    fc.property(order, fc.array(joiner, { minLength: 17, maxLength: 17 }), (rows, joiners) => {
      const text = rows.map((row, index) => `${row}${joiners[index]}`).join('');
      const [session] = read(Buffer.from(text)).sessions;
      expect([session?.tokens.output, session?.tokens.cacheRead]).toEqual([OUTPUT, 60]);
    }),
  );
});

test('flipped bytes and cuts never make the reader throw, and never go by in silence', () => {
  const bytes = Buffer.from(ROWS.join('\n'));
  const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
  fc.assert(
    fc.property(flips, fc.nat(bytes.length), (changes, cut) => {
      const damaged = Uint8Array.from(bytes.subarray(0, cut));
      for (const [at, value] of changes) if (at < cut) damaged[at] = value;
      expect(read(damaged).said).toBeGreaterThan(0);
    }),
  );
});

test('fields of any type give numbers that are known or null, never below zero', () => {
  const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom('1e999', '-1', '12', '0.5'));
  const record = fc.record(
    {
      event: fc.constantFrom('token_usage', 'tool_call'),
      request_id: value,
      timestamp: value,
      model: value,
      provider: value,
      status: value,
      input_tokens: value,
      output_tokens: value,
      cache_read_tokens: value,
      cache_write_tokens: value,
      ai_credits_this_response: value,
      ai_credits_total: value,
      ai_credits: value,
      server_name: value,
      tool_name: value,
      duration: value,
      run_id: value,
      engine_id: value,
      firewall_enabled: value,
      gateway: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (records) => {
      for (const { tokens, cost } of read(Buffer.from(records.map((row) => JSON.stringify(row)).join('\n'))).sessions) {
        for (const figure of [...Object.values(tokens), cost.usd]) {
          expect(figure === null || (Number.isFinite(figure) && figure >= 0)).toBe(true);
        }
        expect(cost.usd === null).toBe(cost.basis === 'unknown');
      }
    }),
  );
});

test('credits beyond all numbers are not believed', () => {
  const rows = ROWS.map((row) => ({ ...JSON.parse(row), ai_credits_this_response: Number.MAX_VALUE }));
  const { sessions } = read(Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')));
  expect(sessions.map(({ tokens }) => tokens.output)).toEqual([OUTPUT]);
  expect(sessions.map(({ cost }) => cost)).toEqual([{ usd: null, basis: 'unknown' }]);
});

test('what is nested too deeply to be written again counts like any other line', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const line = (more: string): string =>
    `{"event":"token_usage","status":200,"input_tokens":1,"output_tokens":7,"cache_read_tokens":0,"cache_write_tokens":0,${more}}`;
  const [first, second] = ['"model":"x"', '"model":"y"'].map((model) => line(`${model},"more":${deep}`));
  expect(read(Buffer.from([first, second, first].join('\n'))).sessions[0]?.tokens.output).toBe(14);
  const totals = `{"provider":${deep},"model":"x","input_tokens":1,"output_tokens":7,"cache_write_tokens":0,"ai_credits":1}`;
  expect(read(Buffer.from(totals)).sessions[0]?.tokens.output).toBe(7);
});
