import { formatDuration } from '../../core/time.ts';
import type { QueueRow, QueueView } from '../review-rows.ts';
import { type Paint, type Style, wrap } from './paint.ts';
import { type Cell, type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'agent', max: 30 },
  { title: 'pull request', align: 'right', max: 12 },
  { title: 'state', max: 22 },
  { title: 'for', align: 'right', max: 12 },
  { title: 'rounds', align: 'right', max: 6 },
  { title: 'asked of', max: 40 },
];

const STATES: Readonly<Record<QueueRow['state'], string>> = {
  waiting: 'waits for people',
  approved: 'approved',
  changes: 'changes asked for',
  draft: 'draft',
};

const MOST = 40;

/** The review queue: what waits for people first, oldest before the rest. */
export function queueLines({ rows, words }: QueueView, paint: Paint, width: number): readonly string[] {
  const head = wrap(words, width, 4);
  if (rows === null || rows.length === 0) return head;
  const more = rows.length - MOST;
  return [
    ...head,
    '',
    ...table(COLUMNS, rows.slice(0, MOST).map(cellsOf), paint, width),
    ...(more > 0 ? [paint(`and ${more} more; --json has them all`, 'dim')] : []),
  ];
}

function cellsOf({ number, agent, state, age, late, owners, rounds }: QueueRow): readonly Cell[] {
  const styles: readonly Style[] = late ? ['red'] : state === 'waiting' ? [] : ['dim'];
  return [
    { text: agent ?? 'unknown', styles: ['bold'] },
    { text: `#${number}` },
    { text: late ? `${STATES[state]}, late` : STATES[state], styles },
    { text: formatDuration(age), styles },
    { text: String(rounds), styles: ['dim'] },
    { text: owners.length === 0 ? 'nobody' : owners.join(', ') },
  ];
}
