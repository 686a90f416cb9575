import { expect, test } from 'vitest';
import { dice } from '../../../test/kit/series.ts';
import { learnPair, newRegression, weigh } from './regression.ts';

test('finds the weights that made the outcomes, and shares a weight between inputs that tell the same', () => {
  const { even } = dice(3);
  const regression = newRegression();
  for (let i = 0; i < 3_000; i += 1) {
    const [a, b, c] = [even() - 0.5, even() - 0.5, even() - 0.5];
    learnPair(regression, [a, b, c, c, 0], 2 * a - b + c);
  }
  // The outcome of each input by itself is its weight; the ridge of a thousandth takes a little away.
  expect(weigh(regression, [1, 0, 0, 0, 0])).toBeCloseTo(2, 1);
  expect(weigh(regression, [0, 1, 0, 0, 0])).toBeCloseTo(-1, 1);
  expect(weigh(regression, [0, 0, 1, 0, 0])).toBeCloseTo(0.5, 1);
  expect(weigh(regression, [0, 0, 0, 1, 0])).toBeCloseTo(0.5, 1);
  expect(weigh(regression, [0, 0, 0, 0, 1])).toBe(0);
});

test('foretells nothing before it has learned, and after inputs that were all nothing', () => {
  const regression = newRegression();
  expect(weigh(regression, [1, 2, 3, 4, 5])).toBe(0);
  learnPair(regression, [0, 0, 0, 0, 0], 7);
  expect(weigh(regression, [1, 2, 3, 4, 5])).toBe(0);
});

test('forgets: weights that changed are followed', () => {
  const { even } = dice(4);
  const regression = newRegression();
  const teach = (weight: number, times: number): void => {
    for (let i = 0; i < times; i += 1) {
      const input = even() - 0.5;
      learnPair(regression, [input, 0, 0, 0, 0], weight * input);
    }
  };
  teach(1, 5_000);
  teach(-1, 10_000);
  expect(weigh(regression, [1, 0, 0, 0, 0])).toBeLessThan(-0.9);
});
