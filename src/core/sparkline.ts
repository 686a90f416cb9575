const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** A proven zero: a thinner line, to tell it from a small value. */
const ZERO = '_';
/** A value that is not known; never drawn as 0. */
const UNKNOWN = '·';

/**
 * A line of blocks, one per value, drawn from 0 to the largest value (or to `top` if that is larger), so that heights compare.
 * Unknown values are dots, zeros a thin line; values below 0 are drawn as 0.
 */
export function sparkline(values: readonly (number | null)[], top = 0): string {
  const highest = values.reduce<number>((high, value) => (isKnown(value) ? Math.max(high, value) : high), top);
  return values.map((value) => (isKnown(value) ? block(value, highest) : UNKNOWN)).join('');
}

/**
 * The values summed in at most `width` groups of neighbours of equal length (the oldest group may be shorter). A group in which
 * nothing is known is unknown.
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
