const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** A proven nothing: told from a little by a thinner line. */
const ZERO = '_';
/** Stands for a value that is not known; never drawn as 0. */
const UNKNOWN = '·';

/**
 * A line of blocks, one a value, drawn from 0 to the largest value (or to `top` where that is larger), so that heights compare.
 * Values that are not known are dots, zeros a thin line; values below 0 are drawn as 0.
 */
export function sparkline(values: readonly (number | null)[], top = 0): string {
  const highest = values.reduce<number>((high, value) => (isKnown(value) ? Math.max(high, value) : high), top);
  return values.map((value) => (isKnown(value) ? block(value, highest) : UNKNOWN)).join('');
}

/**
 * The values in at most `width` groups of neighbours of the same length (the oldest group may be shorter), each group summed.
 * A group in which nothing is known is not known.
 */
export function squeeze(values: readonly (number | null)[], width: number): readonly (number | null)[] {
  const size = Math.max(1, Math.ceil(values.length / Math.max(1, width)));
  const groups: (number | null)[] = [];
  for (let end = values.length; end > 0; end -= size) groups.unshift(sum(values.slice(Math.max(0, end - size), end)));
  return groups;
}

function isKnown(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter(isKnown);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function block(value: number, highest: number): string {
  if (value <= 0) return ZERO;
  return BLOCKS[Math.min(BLOCKS.length - 1, Math.ceil((value / highest) * BLOCKS.length) - 1)] ?? BLOCKS[0];
}
