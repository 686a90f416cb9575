import { formatMoment } from '../../core/quantity.ts';
import type { ShadowOutcome, ShadowReport } from '../../core/shadow.ts';
import { plainLine } from '../../core/text.ts';
import { deedWord, savedWords, shadowSentence } from '../shadow-words.ts';
import { type Paint, wrap } from './paint.ts';
import { type Cell, type Column, table } from './table.ts';

const MOST_ROWS = 30;

/** What enforce mode would have done, for the terminal. */
export function shadowLines(report: ShadowReport, paint: Paint, width: number): readonly string[] {
  const head = paint(`${formatMoment(report.from)} to ${formatMoment(report.to)}`, 'dim');
  const sentence = wrap(shadowSentence(report), width, 4).map((line) => paint(line, 'bold'));
  if (report.outcomes.length === 0) return [head, '', ...sentence];
  const newest = [...report.outcomes].reverse();
  const rest = newest.length - MOST_ROWS;
  return [
    ...[head, '', ...sentence, '', paint('by rule', 'bold')],
    ...table(RULE_COLUMNS, report.rules.map(ruleCells), paint, width),
    ...['', paint('one by one, the newest first', 'bold')],
    ...table(COLUMNS, newest.slice(0, MOST_ROWS).map(cells), paint, width),
    ...(rest > 0 ? [paint(`and ${rest} more; --json has them all`, 'dim')] : []),
    '',
    ...wrap(
      'Saved and lost are lower bounds: work that was going on already is not counted, nor what came later than a day.',
      width,
      3,
    ).map((line) => paint(line, 'dim')),
  ];
}

const AMOUNTS: readonly Column[] = [
  { title: 'saved', align: 'right', max: 12 },
  { title: 'sessions', align: 'right', max: 9 },
  { title: 'ended well', align: 'right', max: 10 },
  { title: 'merged', align: 'right', max: 7 },
];

const RULE_COLUMNS: readonly Column[] = [
  { title: 'rule', max: 30 },
  { title: 'times', align: 'right', max: 6 },
  ...AMOUNTS,
  { title: 'false', align: 'right', max: 6 },
];

const COLUMNS: readonly Column[] = [
  { title: 'agents', max: 30 },
  { title: 'rule', max: 24 },
  { title: 'would', max: 6 },
  { title: 'when', max: 21 },
  ...AMOUNTS,
  { title: '', max: 12 },
];

function amounts(of: Parameters<typeof savedWords>[0]): readonly Cell[] {
  return [savedWords(of), String(of.sessions), String(of.completed), String(of.merged)].map((text) => ({ text }));
}

function ruleCells(row: ShadowReport['rules'][number]): readonly Cell[] {
  return [
    { text: plainLine(row.rule), styles: ['bold'] },
    { text: String(row.times) },
    ...amounts(row),
    { text: String(row.falseAlarms) },
  ];
}

function cells(outcome: ShadowOutcome): readonly Cell[] {
  return [
    { text: plainLine(outcome.agents.join(', ')), styles: ['bold'] },
    { text: plainLine(outcome.rule) },
    { text: deedWord(outcome.do) },
    { text: formatMoment(outcome.at) },
    ...amounts(outcome),
    { text: outcome.verdict === 'false_alarm' ? 'false alarm' : outcome.isOver ? '' : 'goes on', styles: ['dim'] },
  ];
}
