import { formatMoment } from '../../core/quantity.ts';
import { initiatorWords } from '../receipt.ts';
import { type ResumeReport, resumeOutcome } from '../resumption.ts';
import { clip, wrap } from './paint.ts';
import { part, remarks, residueRemarks, sheet } from './receipt.ts';
import type { TerminalOptions } from './render.ts';

/** A resume for a terminal. Text from outside cannot move the cursor. */
export function resumeTerminal(report: ResumeReport, options: TerminalOptions): string {
  const { repo, resumption, later, residue, notes, ledger } = report;
  const facts = [`stop ${resumption.generation}`, `by ${initiatorWords(resumption.by)}`, formatMoment(resumption.at)];
  const whole = residue.length === 0;
  return sheet(options, (paint, width) => [
    `${paint('checkrein', 'bold', 'cyan')}  ${paint(clip(repo, width - 11), 'bold')}`,
    paint(clip(facts.join(' · '), width), 'dim'),
    ...wrap(resumption.reason, width, 3),
    '',
    ...wrap(`${whole ? '▶' : '✗'} ${resumeOutcome(report)}.`, width, 2).map((line) =>
      paint(line, whole ? 'green' : 'red', 'bold'),
    ),
    ...part('Left to do', remarks(residueRemarks(residue), paint, width), paint, width),
    ...part('Active again', paths(resumption.workflows, width), paint, width),
    ...part('Waiting for the canary', paths(later, width), paint, width),
    ...part('To know', remarks(notes, paint, width), paint, width),
    '',
    paint(clip(`ledger ${ledger}`, width), 'dim'),
  ]);
}

function paths(all: readonly string[], width: number): readonly string[] {
  return all.map((path) => clip(path, width));
}
