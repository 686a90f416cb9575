import { gammaln } from 'simple-statistics';

/**
 * The share of Student's t distribution above `deviation`, for a whole number of degrees of freedom, in closed form (M. Abramowitz
 * and I. A. Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4).
 */
export function shareAbove(deviation: number, freedom: number): number {
  const angle = Math.atan(deviation / Math.sqrt(freedom));
  const sine = Math.sin(angle);
  const square = Math.cos(angle) ** 2;
  const odd = freedom % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let i = odd ? 3 : 2; i <= freedom; i += 2) {
    sum += term;
    term *= (square * (i - 1)) / i;
  }
  const within = odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return Math.max(0, (1 - within) / 2);
}

const HEIGHTS: number[] = [];

/** The logarithm of the density of Student's t at its middle. */
function heightOf(freedom: number): number {
  const known = HEIGHTS[freedom];
  if (known !== undefined) return known;
  const height = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - Math.log(freedom * Math.PI) / 2;
  HEIGHTS[freedom] = height;
  return height;
}

/** The density of Student's t; `square` is the square of the deviation. */
export function density(square: number, freedom: number): number {
  return Math.exp(heightOf(freedom) - ((freedom + 1) / 2) * Math.log1p(square / freedom));
}
