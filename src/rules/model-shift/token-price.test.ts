import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../../test/kit/happenings.ts';
import { HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { tokenPriceSince } from './token-price.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
/** In the middle of an hour in which there was a session before it too. */
const SINCE: Instant = '2026-11-21T09:30:00.000Z';

interface Spent {
  readonly at: Instant;
  readonly usd: number | null;
  readonly total: number | null;
}

/** Ten sessions of a dollar for a million tokens each, the last one 20 minutes before the moment. */
const BEFORE: readonly Spent[] = Array.from({ length: 10 }, (_, i) => ({
  at: shifted(SINCE, -i * 5 * HOUR - HOUR / 3),
  usd: 1,
  total: 1e6,
}));

function priceAfter(...spent: readonly Spent[]) {
  const events = spent.map(({ at, usd, total }, i) => sessionRecorded({ run: i + 1, at, usd, tokens: { total } }));
  return tokenPriceSince(factsAfter(events, { now: NOW, agents: ['fixer'] }), 'fixer', SINCE, NOW);
}

describe('what a token costs since a moment', () => {
  test('is told by the first session, though the hour in which it began holds one at the price before', () => {
    const price = priceAfter(...BEFORE, { at: SINCE, usd: 0.85, total: 500_000 });
    expect(price?.times).toBeCloseTo(1.7, 10);
    expect(price?.isUnheardOf).toBe(true);
  });

  test('is heard of where one hour was nearly as dear', () => {
    const dear = { at: shifted(SINCE, -60 * HOUR), usd: 1.5, total: 1e6 };
    expect(priceAfter(...BEFORE, dear, { at: SINCE, usd: 1.7, total: 1e6 })?.isUnheardOf).toBe(false);
  });

  test('is the middle one of several sessions', () => {
    const later = [3, 1.7, 0.2].map((usd, i) => ({ at: shifted(SINCE, i * HOUR), usd, total: 1e6 }));
    expect(priceAfter(...BEFORE, ...later)?.times).toBeCloseTo(1.7, 10);
  });

  test.each<[string, readonly Spent[]]>([
    ['no session since', BEFORE],
    ['a session of unknown cost', [...BEFORE, { at: SINCE, usd: null, total: 1e6 }]],
    ['a session of unknown tokens', [...BEFORE, { at: SINCE, usd: 2, total: null }]],
    ['a session without tokens', [...BEFORE, { at: SINCE, usd: 2, total: 0 }]],
    ['four hours before it', [...BEFORE.slice(1, 5), { at: SINCE, usd: 2, total: 1e6 }]],
    ['hours that cost nothing', [...BEFORE.map((one) => ({ ...one, usd: 0 })), { at: SINCE, usd: 2, total: 1e6 }]],
  ])('is not known with %s', (_name, spent) => {
    expect(priceAfter(...spent)).toBeNull();
  });

  test('is not known of nobody', () => {
    expect(tokenPriceSince(noFacts(NOW), 'fixer', SINCE, NOW)).toBeNull();
  });
});
