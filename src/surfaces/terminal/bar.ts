import { clip, columnsOf, pad } from './paint.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of `width` columns, filled to `fraction` (0 to 1; what is outside is cut) in eighths of a column. */
export function bar(fraction: number, width: number): { readonly filled: string; readonly rest: string } {
  const eighths = Math.round(Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0)) * width * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return { filled, rest: '░'.repeat(width - columnsOf(filled)) };
}

/** What a progress line shows. `total` is 0 while it is not known. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

/** Columns for what is being done. */
const LABEL = 24;

/** One line that says how far long work is, exactly `width` columns wide, so that it can be written over itself. */
export function progressLine({ label, done, total }: Progress, width: number): string {
  const count = clip(total > 0 ? `${done}/${total}` : String(done), width);
  const length = total > 0 ? Math.min(30, Math.max(0, width - count.length - LABEL - 3)) : 0;
  const { filled, rest } = bar(total > 0 ? done / total : 0, length);
  const tail = length > 0 ? `${filled}${rest} ${count}` : count;
  const room = Math.max(0, width - columnsOf(tail) - 2);
  const shown = pad(clip(label, Math.min(LABEL, room)), Math.min(LABEL, room));
  return pad(room === 0 ? tail : `${shown}  ${tail}`, width);
}
