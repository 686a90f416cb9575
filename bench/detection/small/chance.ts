import type { Dice } from '../../../src/core/dice.ts';

/** Standard normal. */
export function normal(dice: Dice): number {
  return Math.log(dice.skewed(1));
}

/** Gamma with this shape and scale 1: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", 2000. */
export function gamma(dice: Dice, shape: number): number {
  if (shape < 1) return gamma(dice, shape + 1) * (1 - dice.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal(dice);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - dice.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Student's t. */
export function student(dice: Dice, freedom: number): number {
  return normal(dice) / Math.sqrt(gamma(dice, freedom / 2) / (freedom / 2));
}

export function beta(dice: Dice, a: number, b: number): number {
  const first = gamma(dice, a);
  return first / (first + gamma(dice, b));
}

/** Poisson by multiplying even numbers: D. E. Knuth, TAOCP volume 2, 3.4.1. */
export function poisson(dice: Dice, mean: number): number {
  const end = Math.exp(-mean);
  let count = 0;
  for (let product = 1 - dice.next(); product > end; product *= 1 - dice.next()) count += 1;
  return count;
}

export function binomial(dice: Dice, trials: number, share: number): number {
  let hits = 0;
  for (let i = 0; i < trials; i += 1) if (dice.chance(share)) hits += 1;
  return hits;
}
