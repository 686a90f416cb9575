import { clip, columnsOf, type Paint, pad, type Style } from './paint.ts';

/** A cell: its text and its style. */
export interface Cell {
  readonly text: string;
  readonly styles?: readonly Style[];
  /** The same text, for parts in different styles. */
  readonly painted?: string;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** The most it may take; longer text is cut. */
  readonly max: number;
}

const GAP = '  ';
const NARROWEST_NAME = 6;

/**
 * Rows under quiet titles (none when all are empty), each column as wide as necessary. If the total exceeds `width`, the
 * first column shrinks. Text of cells may come from outside.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
  width: number,
): readonly string[] {
  const titles = columns.some(({ title }) => title !== '');
  const head: readonly Cell[] = columns.map(({ title }) => ({ text: title, styles: ['dim'] }));
  const all = [...(titles ? [head] : []), ...rows].map((row) => clipCells(row, (column) => columns[column]?.max ?? 0));
  const widths = columns.map((_column, index) => Math.max(0, ...all.map((row) => columnsOf(row[index]?.text ?? ''))));
  const total = widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1));
  const first = Math.min(widths[0] ?? 0, Math.max(NARROWEST_NAME, (widths[0] ?? 0) - Math.max(0, total - width)));
  const final = [first, ...widths.slice(1)];
  return all.map((row) =>
    tableLine(
      clipCells(row, (column) => final[column] ?? 0),
      columns,
      final,
      paint,
    ),
  );
}

function clipCells(row: readonly Cell[], widthOf: (column: number) => number): readonly Cell[] {
  return row.map((cell, column) => ({ ...cell, text: clip(cell.text, widthOf(column)) }));
}

/** Nothing follows the last non-empty cell, not even spaces. */
function tableLine(row: readonly Cell[], columns: readonly Column[], widths: readonly number[], paint: Paint): string {
  const last = row.findLastIndex((cell) => cell.text !== '');
  return row
    .slice(0, last + 1)
    .map((cell, index) => {
      if (cell.painted !== undefined) return cell.painted;
      const align = columns[index]?.align;
      const padded = index === last && align !== 'right' ? cell.text : pad(cell.text, widths[index] ?? 0, align);
      return paint(padded, ...(cell.styles ?? []));
    })
    .join(GAP);
}
