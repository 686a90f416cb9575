import type { Residue, StopReceipt } from '../../core/halt.ts';
import { formatMoment } from '../../core/quantity.ts';
import {
  clockWords,
  initiatorWords,
  leverWords,
  outcomeWords,
  type ReceiptFrame,
  runRequests,
  scopeWords,
  stopWords,
  workflowRequest,
} from '../receipt.ts';
import { clip, columnsOf, type Paint, painter, wrap } from './paint.ts';
import type { TerminalOptions } from './render.ts';
import { type Column, table } from './table.ts';

const MARGIN = 2;
/** The most runs on a screen; the receipt has all of them. */
const MOST_RUNS = 50;

/** A sheet for a terminal: lines that fit its width, with headings. Text from outside cannot move the cursor. */
export function sheet(
  { colour, width: columns }: TerminalOptions,
  write: (paint: Paint, width: number) => readonly string[],
): string {
  const width = Math.min(140, Math.max(72, columns)) - 2 * MARGIN;
  const lines = ['', ...write(painter(colour), width), ''];
  return `${lines.map((line) => (line === '' ? '' : ' '.repeat(MARGIN) + line)).join('\n')}\n`;
}

/** A titled part of a sheet; empty without lines. */
export function part(title: string, lines: readonly string[], paint: Paint, width: number): readonly string[] {
  if (lines.length === 0) return [];
  return [
    '',
    `${paint(title, 'bold')} ${paint('─'.repeat(Math.max(0, width - columnsOf(title) - 1)), 'dim')}`,
    ...lines,
  ];
}

/** One line for each remark, wrapped behind a mark. */
export function remarks(texts: readonly string[], paint: Paint, width: number): readonly string[] {
  return texts.flatMap((text) =>
    wrap(text, width - 2, 5).map((line, index) => `${index === 0 ? paint('!', 'yellow') : ' '} ${line}`),
  );
}

/** What could not be achieved and what to do about it, as remarks. */
export function residueRemarks(residue: readonly Residue[]): readonly string[] {
  return residue.map(({ what, id, why, remedy }) => `${what} ${id}: ${why}. ${remedy}.`);
}

/** A receipt for a terminal. */
export function receiptTerminal(receipt: StopReceipt, frame: ReceiptFrame, options: TerminalOptions): string {
  return sheet(options, (paint, width) => [
    ...headLines(receipt, frame, paint, width),
    ...part('Left to do', remarks(residueRemarks(receipt.residue), paint, width), paint, width),
    ...part('Workflows', workflowLines(receipt, paint, width), paint, width),
    ...part('Runs', runLines(receipt, paint, width), paint, width),
    ...part('Pull requests', pullLines(receipt, width), paint, width),
    ...part('Levers', (receipt.levers ?? []).map(leverWords), paint, width),
    ...part('To know', remarks(frame.notes, paint, width), paint, width),
    '',
    paint(clip(`times are UTC · ledger ${frame.ledger}`, width), 'dim'),
  ]);
}

function headLines(
  receipt: StopReceipt,
  { repo, whole }: ReceiptFrame,
  paint: Paint,
  width: number,
): readonly string[] {
  const { scope, by, reason, at } = receipt.halt;
  const facts = [stopWords(receipt.halt), scopeWords(scope), `by ${initiatorWords(by)}`, formatMoment(at)].join(' · ');
  const outcome = `${whole ? '■' : '✗'} ${outcomeWords(receipt, whole)}.`;
  return [
    `${paint('checkrein', 'bold', 'cyan')}  ${paint(clip(repo, width - 11), 'bold')}`,
    paint(clip(facts, width), 'dim'),
    ...wrap(reason, width, 3),
    '',
    ...wrap(outcome, width, 2).map((line) => paint(line, whole ? 'green' : 'red', 'bold')),
  ];
}

const WORKFLOW_COLUMNS: readonly Column[] = [
  { title: 'workflow', max: 60 },
  { title: 'before', max: 20 },
  { title: 'asked', max: 20 },
  { title: 'after', max: 20 },
];

function workflowLines({ workflows }: StopReceipt, paint: Paint, width: number): readonly string[] {
  if (workflows.length === 0) return [];
  const rows = workflows.map((workflow) => [
    { text: workflow.path },
    { text: workflow.before },
    { text: workflowRequest(workflow) },
    { text: workflow.after },
  ]);
  return table(WORKFLOW_COLUMNS, rows, paint, width);
}

/** The most that the other columns of a run take, including gaps and a short workflow name. */
const BESIDE_ASKED = 62;

function runColumns(width: number): readonly Column[] {
  return [
    { title: 'workflow', max: 40 },
    { title: 'run', max: 14 },
    { title: 'before', max: 11 },
    // The first request always fits; on a narrow screen the others are cut.
    { title: 'asked', max: Math.max(15, width - BESIDE_ASKED) },
    { title: 'after', max: 11 },
    { title: 'ended', max: 8 },
  ];
}

function runLines({ runs }: StopReceipt, paint: Paint, width: number): readonly string[] {
  if (runs.length === 0) return [];
  const rows = runs
    .slice(0, MOST_RUNS)
    .map((run) => [
      { text: run.workflow.replace(/^\.github\/workflows\//, '') },
      { text: run.attempt === 1 ? String(run.id) : `${run.id}/${run.attempt}` },
      { text: run.before },
      { text: runRequests(run) },
      { text: run.conclusion ?? run.after },
      { text: clockWords(run.at) },
    ]);
  const more = runs.length > MOST_RUNS ? [paint(`and ${runs.length - MOST_RUNS} more; --json shows all`, 'dim')] : [];
  return [...table(runColumns(width), rows, paint, width), ...more];
}

function pullLines({ pulls }: StopReceipt, width: number): readonly string[] {
  return pulls.map(({ number, autoMerge, queue, status }) => {
    const words = [`auto-merge ${autoMerge}`, `merge queue ${queue}`, `red status ${status}`];
    return clip(`${number}: ${words.join(', ').replaceAll('_', ' ')}`, width);
  });
}
