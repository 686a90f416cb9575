import { type Detector, detector } from './detector.ts';
import { type Opinion, type Sensitivity, scoreOf } from './method.ts';
import { below, push, type SortedWindow, sortedWindow } from './sorted-window.ts';

/** How improbable it must be that both windows have the same distribution. */
const LEVELS: Readonly<Record<Sensitivity, number>> = { low: 1e-6, medium: 1e-4, high: 1e-2 };
/** The newest points, and the ones before them that they are compared with. */
const NEWEST = 60;
const EARLIER = 300;

interface State {
  readonly level: number;
  readonly newest: SortedWindow;
  readonly earlier: SortedWindow;
  readonly moments: number[];
}

/**
 * Whether the newest points come from another distribution than those before: the two-sample test of Kolmogorov and Smirnov.
 * Neighbouring points are alike, so they count for fewer: for n (1 − ρ) / (1 + ρ), with ρ the correlation of neighbours.
 */
export const drift: Detector = detector<State>({
  name: 'drift',
  summary: 'The last 60 points have another distribution than the 300 before them.',
  heeds: ['sensitivity'],
  begin: ({ sensitivity }) => ({
    level: LEVELS[sensitivity],
    newest: sortedWindow(NEWEST),
    earlier: sortedWindow(EARLIER),
    moments: [],
  }),
  judge(state, at, value) {
    const { newest, earlier, moments } = state;
    if (newest.size === NEWEST) push(earlier, newest.ring[newest.next] as number);
    push(newest, value);
    moments.push(at);
    if (moments.length > NEWEST + EARLIER) moments.shift();
    return earlier.size < NEWEST ? `${moments.length} points; ${2 * NEWEST} are needed` : opinionOf(state);
  },
});

function opinionOf({ level, newest, earlier, moments }: State): Opinion {
  const distance = largestGap(newest, earlier);
  const alike = neighbourCorrelation(newest);
  const share = (1 - alike) / (1 + alike);
  const points = (newest.size * earlier.size * share) / (newest.size + earlier.size);
  const probability = Math.min(1, 2 * Math.exp(-2 * points * distance * distance));
  return {
    score: scoreOf(Math.log(probability) / Math.log(level)),
    expected: { low: earlier.sorted[0] ?? null, high: earlier.sorted[earlier.size - 1] ?? null },
    deviation: distance,
    confidence: 1 - probability,
    basis: { from: moments[0] as number, to: moments.at(-1) as number, points: moments.length },
  };
}

/** The largest difference between the two empirical distribution functions. */
function largestGap(a: SortedWindow, b: SortedWindow): number {
  let largest = 0;
  for (const [window, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (let i = 0; i < window.size; i += 1) {
      const value = window.sorted[i] as number;
      const gap = Math.abs(below(window, value) / window.size - below(other, value) / other.size);
      largest = Math.max(largest, gap);
    }
  }
  return largest;
}

/** The correlation of each point with the one before it, from 0 to 0.95. */
function neighbourCorrelation({ ring, next, size }: SortedWindow): number {
  const values = Array.from({ length: size }, (_, i) => ring[(next + i) % size] as number);
  const mean = values.reduce((sum, value) => sum + value / size, 0);
  let together = 0;
  let alone = 0;
  for (const [i, value] of values.entries()) {
    alone += (value - mean) ** 2;
    if (i > 0) together += (value - mean) * ((values[i - 1] as number) - mean);
  }
  return alone > 0 ? Math.max(0, Math.min(0.95, together / alone)) : 0;
}
