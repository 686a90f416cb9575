import { columnsOf } from './paint.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of `width` columns, filled to `fraction` (clamped to 0 to 1) in eighths of a column. */
export function bar(fraction: number, width: number): { readonly filled: string; readonly rest: string } {
  const eighths = Math.round(Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0)) * width * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return { filled, rest: '░'.repeat(width - columnsOf(filled)) };
}

/** A share in whole percent, rounded down, so that 100 only appears once the limit is reached. */
export function percentOf(share: number): number {
  return Math.floor(share * 100 + 1e-9);
}
