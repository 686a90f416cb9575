import { errorFunction, gammaln } from 'simple-statistics';
import { shareAbove } from '../../../src/detectors/expectation/student.ts';

/** The share of a distribution above a value, half of those that are equal to it among them. */
export type Above = (value: number) => number;

/** Log-normal. */
export function lognormalAbove(middle: number, spread: number): Above {
  return (value) => (1 - errorFunction(Math.log(value / middle) / spread / Math.SQRT2)) / 2;
}

/** Log-Student. */
export function logStudentAbove(middle: number, spread: number, freedom: number): Above {
  return (value) => shareAbove(Math.log(value / middle) / spread, freedom);
}

/** Nothing with the probability `idle`, else as `above` tells. */
export function idleOr(idle: number, above: Above): Above {
  return (value) => (value > 0 ? (1 - idle) * above(value) : 1 - idle / 2);
}

export function poissonAbove(mean: number): Above {
  return countAbove((count) => Math.exp(count * Math.log(mean) - mean - gammaln(count + 1)));
}

export function negativeBinomialAbove(mean: number, size: number): Above {
  return countAbove((count) => {
    const ways = gammaln(count + size) - gammaln(size) - gammaln(count + 1);
    return Math.exp(ways + size * Math.log(size / (size + mean)) + count * Math.log(mean / (size + mean)));
  });
}

/** Hits among so many trials, as a share of them, whose rate is beta distributed. */
export function betaBinomialAbove(trials: number, a: number, b: number): Above {
  const above = countAbove((hits) => {
    if (hits > trials) return 0;
    const ways = gammaln(trials + 1) - gammaln(hits + 1) - gammaln(trials - hits + 1);
    const base = gammaln(a + b) - gammaln(a) - gammaln(b) - gammaln(trials + a + b);
    return Math.exp(ways + base + gammaln(hits + a) + gammaln(trials - hits + b));
  });
  return (share) => above(Math.round(share * trials));
}

/** No count that is asked about is followed by more than so many others of any weight. */
const BEYOND = 300;

/** Adds up from above, so that what is rare is not lost in rounding. */
function countAbove(probability: (count: number) => number): Above {
  const known = new Map<number, number>();
  return (count) => {
    const before = known.get(count);
    if (before !== undefined) return before;
    let share = 0;
    for (let other = count + BEYOND; other > count; other -= 1) share += probability(other);
    share += probability(count) / 2;
    known.set(count, share);
    return share;
  };
}
