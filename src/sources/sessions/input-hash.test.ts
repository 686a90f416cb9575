import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputHash } from './input-hash.ts';

describe('the number that stands for an input', () => {
  test('is the same for inputs that are written alike, and another one for others', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(inputHash(a) === inputHash(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test('differs between any two of many inputs that are nearly the same', () => {
    const inputs = Array.from({ length: 50_000 }, (_, index) => ({ file_path: `/w/src/file.ts`, offset: index }));
    const texts = Array.from({ length: 50_000 }, (_, index) => ({ command: `${'x'.repeat(index % 700)}${index}` }));
    // Among 100,000 numbers up to 2^52, two are equal with a chance of one in a million: n² / 2^53.
    expect(new Set([...inputs, ...texts].map(inputHash)).size).toBe(100_000);
  });

  test('uses all of its room: each of its 52 bits is set for about half of the inputs', () => {
    const hashes = Array.from({ length: 4_000 }, (_, index) => BigInt(inputHash({ index }) ?? 0) - 1n);
    for (let bit = 0n; bit < 52n; bit++) {
      const set = hashes.filter((hash) => ((hash >> bit) & 1n) === 1n).length;
      // Six standard deviations of 4,000 coin tosses, which are 31.6 each.
      expect(Math.abs(set - 2_000)).toBeLessThan(190);
    }
  });

  test('is none where there is no input, or one that is nested too deeply to be written', () => {
    expect(inputHash(undefined)).toBeNull();
    expect(inputHash(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toBeNull();
    expect(inputHash(null)).not.toBeNull();
    expect(inputHash({})).not.toBe(inputHash([]));
  });
});
