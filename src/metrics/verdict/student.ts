import { gammaln } from 'simple-statistics';

/** How close two steps of a fraction must be to count as equal. */
const NEAR = 1e-13;
const STEPS = 300;

/**
 * Two-sided probability that Student's t with this many degrees of freedom (which need not be whole) is at least as far from zero
 * as `t`: I(df / (df + t²); df/2, 1/2), NIST Digital Library of Mathematical Functions, 8.17.
 */
export function tailOfT(t: number, df: number): number {
  return Number.isFinite(t) ? incompleteBeta(df / (df + t * t), df / 2, 0.5) : 0;
}

/** The t that is exceeded on either side with probability `alpha`. */
export function criticalT(alpha: number, df: number): number {
  let [low, high] = [0, 1];
  while (tailOfT(high, df) > alpha && high < 1e6) high *= 2;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (tailOfT(middle, df) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The regularised incomplete beta function, by the continued fraction 8.17.22 of the same library. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Lentz's method: W. H. Press and others, "Numerical Recipes", 5.2 and 6.4. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / apartFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / apartFromZero(1 + even * d);
    c = apartFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / apartFromZero(1 + odd * d);
    c = apartFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < NEAR) break;
  }
  return fraction;
}

function apartFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
