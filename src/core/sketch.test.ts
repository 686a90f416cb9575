import { DDSketch } from '@datadog/sketches-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeSketches, quantile, RELATIVE_ACCURACY, sketchOf } from './sketch.ts';

const values = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 5 }), fc.double({ min: 1e-9, max: 1e9, noNaN: true })), {
  minLength: 1,
});

test('a sketch holds, and its quantiles are, what the library gives', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
      const library = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });
      for (const value of list) library.accept(value);
      const sketch = sketchOf(Object.freeze(list));
      const bins = library.store.bins.flatMap((count, index) =>
        count > 0 ? [[index + library.store.offset, count]] : [],
      );
      expect(sketch).toEqual({
        count: library.count,
        sum: library.sum,
        min: library.min,
        max: library.max,
        zeros: library.zeroCount,
        bins,
      });
      const told = library.getValueAtQuantile(q);
      expect(quantile(sketch, q)).toBe(Math.min(library.max, Math.max(library.min, told)));
      // One that was stored has only its bins.
      expect(quantile(JSON.parse(JSON.stringify(sketch)), q)).toBe(quantile(sketch, q));
    }),
  );
});

test('what is no value ≥ 0 is left out, and of nothing there is no sketch and no quantile', () => {
  expect(sketchOf([])).toBeNull();
  expect(sketchOf([-1, Number.NaN, Number.POSITIVE_INFINITY])).toBeNull();
  expect(sketchOf([-1, 4])).toEqual(sketchOf([4]));
  expect(quantile(null, 0.5)).toBeNull();
});

test('the sketch of two halves is the sketch of the whole', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const merged = mergeSketches(sketchOf(a), sketchOf(b));
      const whole = sketchOf([...a, ...b]);
      expect(merged).toEqual({ ...whole, sum: expect.closeTo(whole?.sum ?? 0, 3) });
    }),
  );
});

test('halves whose values lie far apart lose nothing', () => {
  expect(mergeSketches(sketchOf([1e-9]), sketchOf([1e-9, 1, 0]))).toMatchObject({
    count: 4,
    zeros: 1,
    bins: [
      [-1036, 2],
      [0, 1],
    ],
  });
});

test('a sketch may be frozen before anybody asks for its bins', () => {
  const frozen = Object.freeze(sketchOf([1, 1, 9]));
  expect(frozen?.bins).toEqual(sketchOf([1, 1, 9])?.bins);
  expect(JSON.stringify(frozen)).toBe(JSON.stringify(sketchOf([9, 1, 1])));
});
