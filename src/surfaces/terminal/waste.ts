import { formatUsd } from '../../core/money.ts';
import { formatMoment, formatNumber } from '../../core/quantity.ts';
import type { WasteView, WasteViewRow } from '../review-rows.ts';
import { type Paint, wrap } from './paint.ts';
import { type Cell, type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'agent', max: 26 },
  { title: 'runs', align: 'right', max: 7 },
  { title: 'landed', align: 'right', max: 7 },
  { title: 'useful', align: 'right', max: 7 },
  { title: 'nothing', align: 'right', max: 7 },
  { title: 'open', align: 'right', max: 7 },
  { title: 'unknown', align: 'right', max: 7 },
  { title: 'spent', align: 'right', max: 11 },
  { title: 'for nothing', align: 'right', max: 11 },
  { title: 'a landed one', align: 'right', max: 12 },
];

/** What happened to the work of 28 days, and what to change. */
export function wasteLines({ from, to, rows, advice }: WasteView, paint: Paint, width: number): readonly string[] {
  const head = paint(`${formatMoment(from)} to ${formatMoment(to)}`, 'dim');
  if (rows.length === 0) return [head, '', 'No run of an agent is on record in this time.'];
  return [head, '', ...table(COLUMNS, rows.map(cellsOf), paint, width), ...adviceLines(advice, paint, width)];
}

/** What to change, one paragraph each. */
export function adviceLines(advice: readonly string[], paint: Paint, width: number): readonly string[] {
  if (advice.length === 0) return [];
  const lines = advice.flatMap((words) =>
    wrap(words, width - 2, 4).map((line, i) => `${i === 0 ? paint('!', 'yellow') : ' '} ${line}`),
  );
  return ['', ...lines];
}

function cellsOf({ agent, pieces, byClass, usd, wastedUsd, unpriced, usdPerLanded }: WasteViewRow): readonly Cell[] {
  const count = (number: number): Cell =>
    number === 0 ? { text: '·', styles: ['dim'] } : { text: formatNumber(number) };
  const nothing = byClass['no-op'] + byClass.duplicate + byClass.abandoned + byClass.reverted;
  const bound = unpriced > 0 ? '≥ ' : '';
  return [
    { text: agent ?? 'all together', styles: ['bold'] },
    count(pieces),
    ...[byClass.landed, byClass.useful, nothing, byClass.open, byClass.unknown].map(count),
    { text: usd === null ? 'unknown' : `${bound}${formatUsd(usd)}` },
    { text: wastedUsd === null ? 'unknown' : `${bound}${formatUsd(wastedUsd)}` },
    { text: usdPerLanded === null ? '-' : `${bound}${formatUsd(usdPerLanded)}` },
  ];
}
