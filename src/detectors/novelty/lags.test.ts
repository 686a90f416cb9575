import { expect, test } from 'vitest';
import { dailyWave, dice } from '../../../test/kit/series.ts';
import { DAY, MINUTE } from '../../core/time.ts';
import { nearestRuns, newLags } from './lags.ts';

/** The distance of the run that ends at `now` to the nearest earlier one that it does not overlap, the slow way. */
function slowly(values: readonly number[], now: number, length: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let lag = length; lag <= 4_000 && now - lag >= length - 1; lag += 1) {
    let sum = 0;
    for (let back = 0; back < length; back += 1) {
      sum += ((values[now - back] as number) - (values[now - back - lag] as number)) ** 2;
    }
    nearest = Math.min(nearest, Math.sqrt(sum));
  }
  return nearest;
}

test('distances that are kept up by lag are those of all runs compared one by one, also after a huge value', () => {
  const { even } = dice(9);
  const values = dailyWave(1_500, 8).map((value, i) => (i === 700 ? 1e12 : value + even()));
  const lags = newLags();
  for (const [i, value] of values.entries()) {
    const { long, short } = nearestRuns(lags, value, 5 * MINUTE);
    if (i % 53 !== 0 && i !== 763 && i !== 764 && i !== 765) continue;
    const [slowLong, slowShort] = [slowly(values, i, 64), slowly(values, i, 3)];
    if (Number.isFinite(slowLong)) expect(long / slowLong).toBeCloseTo(1, 5);
    else expect(long).toBe(slowLong);
    if (Number.isFinite(slowShort)) expect(short / slowShort).toBeCloseTo(1, 5);
  }
});

test('the same time of day is looked for on earlier days only, two hours around it', () => {
  const lags = newLags();
  const hours = Array.from({ length: 49 }, (_, i) => i);
  const distances = hours.map((hour) => nearestRuns(lags, hour % 24 === 12 ? 50 : hour % 24, DAY / 24).sameTime);
  expect(distances[10]).toBe(Number.POSITIVE_INFINITY);
  // At noon of the second day the noon before stands; at 20 o'clock 18 to 22 of the day before.
  expect(distances[36]).toBe(0);
  expect(distances[44]).toBe(0);
});
