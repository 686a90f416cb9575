import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Aggregate, mergeAggregates } from './series.ts';

/** What so many observations of these values say; the numbers of no known value are 0. */
function aggregateOf(values: readonly (number | null)[]): Aggregate | null {
  const known = values.flatMap((value) => value ?? []);
  if (values.length === 0) return null;
  return {
    count: known.length,
    sum: known.reduce((sum, value) => sum + value, 0),
    min: known.length === 0 ? 0 : Math.min(...known),
    max: known.length === 0 ? 0 : Math.max(...known),
    unknown: values.length - known.length,
  };
}

const values = fc.array(fc.option(fc.integer({ min: -50, max: 50 })), { maxLength: 6 });

describe('merging aggregates', () => {
  test('says what all observations together say', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(mergeAggregates(aggregateOf(a), aggregateOf(b))).toEqual(aggregateOf([...a, ...b]));
      }),
    );
  });

  test('the empty numbers of nothing known are no bounds', () => {
    const [unknown, known] = [aggregateOf([null, null]), aggregateOf([3, 5])];
    const both = { count: 2, sum: 8, min: 3, max: 5, unknown: 2 };
    expect(mergeAggregates(unknown, known)).toEqual(both);
    expect(mergeAggregates(known, unknown)).toEqual(both);
  });
});
