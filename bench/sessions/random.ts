/** Draws that come out the same for the same seed. */
export interface Draws {
  /** In [0, 1). */
  readonly unit: () => number;
  /** A whole number from `low` to `high`. */
  readonly whole: (low: number, high: number) => number;
  /** Log-normal: half of the draws lie above `median`, `spread` is the standard deviation of the logarithm. */
  readonly skewed: (median: number, spread: number) => number;
  /** One of the entries, by weight. */
  readonly weighted: <T>(entries: readonly (readonly [value: T, weight: number])[]) => T;
  /** So many letters of an id. */
  readonly letters: (count: number) => string;
}

/** Mulberry32 (public domain): 32 bits of state are enough for a corpus. */
export function drawsOf(seed: number): Draws {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(unit() || 1e-9)) * Math.cos(2 * Math.PI * unit());
  return {
    unit,
    whole: (low, high) => low + Math.floor(unit() * (high - low + 1)),
    skewed: (median, spread) => Math.max(1, Math.round(median * Math.exp(spread * normal()))),
    weighted: (entries) => {
      let left = unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of entries) {
        left -= weight;
        if (left <= 0) return value;
      }
      const [[first] = []] = entries;
      if (first === undefined) throw new Error('there is nothing to choose from');
      return first;
    },
    letters: (count) => Array.from({ length: count }, () => LETTERS[Math.floor(unit() * LETTERS.length)]).join(''),
  };
}

const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789';
