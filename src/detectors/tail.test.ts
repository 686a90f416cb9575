import { describe, expect, test } from 'vitest';
import { dice } from '../../test/kit/series.ts';
import { newTail, surprise } from './tail.ts';

describe('surprise', () => {
  test('says nothing of the first hundred distances', () => {
    const tail = newTail();
    const digits = Array.from({ length: 100 }, (_, i) => surprise(tail, i * i, 1));
    expect(digits.every((own) => own === 0)).toBe(true);
    expect(surprise(tail, 1e9, 1)).toBeGreaterThan(2);
  });

  test('of exponential distances is their exceedance probability, beyond all that was seen too', () => {
    const { even } = dice(5);
    const tail = newTail();
    for (let i = 0; i < 4_000; i += 1) surprise(tail, -Math.log(1 - even()), 1e-9);
    // P(X > x) = e^−x, so that −log10 P is x / ln 10.
    for (const digits of [0.5, 1, 2]) expect(surprise(tail, digits * Math.LN10, 1e-9)).toBeCloseTo(digits, 0);
    const far = surprise(tail, 5 * Math.LN10, 1e-9);
    expect(far).toBeGreaterThan(3.5);
    expect(far).toBeLessThan(7);
  });

  test('is not surprised by a hair in a series that never moved', () => {
    const tail = newTail();
    for (let i = 0; i < 500; i += 1) surprise(tail, 0, 100);
    expect(surprise(tail, 1e-6, 100)).toBeLessThan(2);
    expect(surprise(tail, 50, 100)).toBeGreaterThan(4);
  });

  test('stays surprised by what comes again and again, until it is usual', () => {
    const { even } = dice(6);
    const tail = newTail();
    const told: number[] = [];
    for (let i = 0; i < 4_000; i += 1) {
      const far = i >= 1_000 && i % 200 === 0;
      const digits = surprise(tail, far ? 50 : even(), 1);
      if (far) told.push(digits);
    }
    // Fifteen of 3,000 are 2.3 digits; at the first one it was not known that there would be more.
    expect(told[0]).toBeGreaterThan(3);
    expect(Math.min(...told)).toBeGreaterThan(2.3);
    for (let i = 0; i < 4_000; i += 1) surprise(tail, i % 20 === 0 ? 50 : even(), 1);
    expect(surprise(tail, 50, 1)).toBeLessThan(2);
  });
});
