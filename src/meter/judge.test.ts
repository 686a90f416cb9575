import { describe, expect, test } from 'vitest';
import type { MeterLimits } from '../core/guard.ts';
import { MINUTE } from '../core/time.ts';
import { burnWindow } from './burn.ts';
import { causeOf } from './judge.ts';
import type { MeteredUse } from './use.ts';

const NONE: MeteredUse = {
  ...{ usd: null, tokens: null, turns: null, minutes: 0, calls: null, repeats: null, usdPerMinute: null },
};

describe('a session', () => {
  test.each<[string, Partial<MeteredUse>, MeterLimits, object | null]>([
    ['may use exactly what it is allowed', { usd: 5 }, { usd: 5 }, null],
    ['may not use more', { usd: 5.01 }, { usd: 5 }, { kind: 'limit', limit: 'usd', used: 5.01, allowed: 5 }],
    ['is not ended by what nobody knows', { usd: null }, { usd: 0.01 }, null],
    ['is not ended without a limit', { usd: 1e9, tokens: 1e12 }, {}, null],
    ['of several limits names the first', { tokens: 9, turns: 9 }, { turns: 1, tokens: 1 }, { limit: 'tokens' }],
    ['may take its minutes', { minutes: 45 }, { minutes: 45 }, null],
    ['may not take longer', { minutes: 45.1 }, { minutes: 45 }, { limit: 'minutes' }],
    ['may not call the same again and again', { repeats: 21 }, { repeats: 20 }, { limit: 'repeats' }],
    ['may not burn faster', { usdPerMinute: 1.2 }, { usd_per_minute: 1 }, { limit: 'usd_per_minute', used: 1.2 }],
  ])('%s', (_name, use, limits, cause) => {
    const found = causeOf(limits, { ...NONE, ...use }, { halt: null, lost: null });
    if (cause === null) expect(found).toBeNull();
    else expect(found).toMatchObject(cause);
  });

  test('is ended by a stop before anything else', () => {
    expect(causeOf({ usd: 1 }, { ...NONE, usd: 2 }, { halt: 3, lost: 'gone' })).toEqual({
      kind: 'halt',
      generation: 3,
    });
  });

  test('is ended where nobody could stop it any more', () => {
    expect(causeOf({}, NONE, { halt: null, lost: 'rewound' })).toEqual({ kind: 'ledger', how: 'rewound' });
  });
});

describe('dollars a minute', () => {
  test('are those of the last five minutes, over five minutes', () => {
    const burn = burnWindow();
    burn.note(1, 0);
    burn.note(3, 2 * MINUTE);
    // 3 dollars since the session began, less than five minutes ago.
    expect(burn.rate(2 * MINUTE)).toBeCloseTo(3 / 5);
    burn.note(4, 6 * MINUTE);
    // Of 4 dollars the first was spent more than five minutes ago.
    expect(burn.rate(6 * MINUTE)).toBeCloseTo(3 / 5);
    expect(burn.rate(8 * MINUTE)).toBeCloseTo(1 / 5);
    expect(burn.rate(60 * MINUTE)).toBe(0);
  });

  test('are not known before anything is', () => {
    const burn = burnWindow();
    burn.note(null, 0);
    expect(burn.rate(MINUTE)).toBeNull();
  });

  test('never fall below nothing, whatever is said', () => {
    const burn = burnWindow();
    burn.note(5, 0);
    burn.note(1, 10_000);
    expect(burn.rate(10 * MINUTE)).toBe(0);
  });
});
