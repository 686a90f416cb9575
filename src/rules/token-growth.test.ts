import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, sessionRecorded } from '../../test/kit/happenings.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../core/time.ts';
import { type TokenGrowthOptions, tokenGrowth } from './token-growth.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = tokenGrowth.options.parse({}) as unknown as TokenGrowthOptions;

/** Two sessions a day, of so many tokens on each of the days up to today; null is a session that does not tell. */
function judge(days: readonly (number | null)[]) {
  const events = days.flatMap((total, i) => {
    const at = shifted(NOW, (i - days.length + 1) * DAY - 2 * HOUR);
    return [0, 1].map((nth) =>
      sessionRecorded({ run: 2 * i + nth + 1, at: shifted(at, nth * HOUR), tokens: { total } }),
    );
  });
  const facts = factsAfter(events, { now: NOW, agents: ['fixer'] });
  return tokenGrowth.judge(facts, DEFAULTS, NOW)[0];
}

const month = (tokens: (i: number) => number | null, length = 28): readonly (number | null)[] =>
  Array.from({ length }, (_, i) => tokens(i));

describe('tokens of a session', () => {
  test('three times as many on the last days are told, against the most of a day before', () => {
    const found = judge([...month(() => 400_000), 1_200_000, 1_200_000, 1_200_000]);
    expect(found).toMatchObject({ outcome: 'violated', severity: 'warning', value: 1_200_000, limit: 800_000 });
  });

  test('half as many more are fine', () => {
    expect(judge([...month(() => 400_000), 600_000, 600_000, 600_000])?.outcome).toBe('ok');
  });

  test('of days that often differ as much it is no growth; a single one of them hides none', () => {
    const rough = month((i) => (i % 3 === 0 ? 2_000_000 : 400_000));
    expect(judge([...rough, 1_200_000, 1_200_000, 1_200_000])).toMatchObject({ outcome: 'ok' });
    const once = month((i) => (i === 9 ? 1_500_000 : 400_000));
    expect(judge([...once, 1_200_000, 1_200_000, 1_200_000])).toMatchObject({ outcome: 'violated' });
  });

  test('few tokens are nothing, however many times more', () => {
    expect(judge([...month(() => 1_000), 50_000, 50_000, 50_000])?.outcome).toBe('ok');
  });

  test.each<[string, readonly (number | null)[]]>([
    ['a week that is too short', month(() => 400_000, 6)],
    ['days without sessions before it', [null, 900_000, 900_000, 900_000]],
  ])('%s: unknown', (_name, days) => {
    expect(judge(days)?.outcome).toBe('unknown');
  });

  test('an agent without any session is fine; without facts there is nobody to judge', () => {
    expect(tokenGrowth.judge(factsAfter([], { now: NOW, agents: ['fixer'] }), DEFAULTS, NOW)[0]?.outcome).toBe('ok');
    expect(tokenGrowth.judge(noFacts(NOW), DEFAULTS, NOW)).toEqual([]);
  });
});
