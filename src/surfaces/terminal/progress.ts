import { bar } from './bar.ts';
import { clip, columnsOf, pad, painter } from './paint.ts';

/** The content of a progress line. `total` is 0 while unknown. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

/** Columns for the label of what is being done. */
const LABEL = 24;
const LONGEST_BAR = 30;

/** One line that shows the progress of long work, exactly `width` columns wide, so that it can be redrawn in place. */
export function progressLine(
  { label, done, total }: Progress,
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const paint = painter(colour);
  const count = clip(total > 0 ? `${done}/${total}` : String(done), width);
  const length = total > 0 ? Math.min(LONGEST_BAR, Math.max(0, width - count.length - LABEL - 3)) : 0;
  const { filled, rest } = bar(total > 0 ? done / total : 0, length);
  const drawn = length > 0 ? `${paint(filled, 'cyan')}${paint(rest, 'dim')} ` : '';
  const taken = count.length + (length > 0 ? length + 1 : 0);
  const room = Math.min(LABEL, Math.max(0, width - taken - 2));
  const shown = room === 0 ? '' : `${pad(clip(label, room), room)}  `;
  return `${shown}${drawn}${count}${' '.repeat(Math.max(0, width - taken - columnsOf(shown)))}`;
}
