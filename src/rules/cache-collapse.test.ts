import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../test/kit/happenings.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../core/time.ts';
import { type CacheCollapseOptions, cacheCollapse } from './cache-collapse.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = cacheCollapse.options.parse({}) as unknown as CacheCollapseOptions;

/** A session a day of two million tokens of prompts, of which such a share came from the cache; the last one is of today. */
function judge(shares: readonly (number | null)[], prompts = 2_000_000, apart = DAY) {
  const events = shares.map((share, i) =>
    sessionRecorded({
      run: i + 1,
      at: shifted(NOW, (i - shares.length + 1) * apart - 2 * HOUR),
      tokens: {
        cacheRead: share === null ? null : share * prompts,
        input: share === null ? null : (1 - share) * prompts,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
      },
    }),
  );
  return cacheCollapse.judge(factsAfter(events, { now: NOW, agents: ['fixer'] }), DEFAULTS, NOW)[0];
}

const days = (share: number | null, count = 10): readonly (number | null)[] => Array<number | null>(count).fill(share);

describe('the prompt cache', () => {
  test('that falls from 90 % to 10 % is told, with the usual share', () => {
    expect(judge([...days(0.9), 0.1])).toMatchObject({ outcome: 'violated', severity: 'warning', limit: 0.45 });
    expect(judge([...days(0.9), 0.1])?.reason).toBe(
      'fixer read 10 % of its prompts from the cache on 2026-11-21; 90 % is usual.',
    );
  });

  test('that falls in the middle of a day is told with the first session, whatever the day was before', () => {
    expect(judge([...days(0.9, 30), 0.1], 400_000, 5 * HOUR)).toMatchObject({ outcome: 'violated', value: 0.1 });
  });

  test('that falls to two thirds is fine, as is one that was never used much', () => {
    expect(judge([...days(0.9), 0.6])?.outcome).toBe('ok');
    expect(judge([...days(0.2), 0])?.outcome).toBe('ok');
  });

  test('an agent that misses it now and then has no collapse', () => {
    expect(judge([...days(0.9, 5), 0.05, ...days(0.9, 5), 0.1])?.outcome).toBe('ok');
  });

  test('few tokens tell nothing', () => {
    expect(judge([...days(0.9), 0.1], 10_000)).toMatchObject({ outcome: 'ok', value: null });
  });

  test('shares that are not known are left out, and too few are unknown', () => {
    expect(judge([...days(null), 0.1])?.outcome).toBe('unknown');
    expect(judge([...days(0.9, 4), 0.1])?.outcome).toBe('unknown');
    expect(judge(days(null))?.outcome).toBe('ok');
  });

  test('without facts there is nobody to judge', () => {
    expect(cacheCollapse.judge(noFacts(NOW), DEFAULTS, NOW)).toEqual([]);
  });
});
