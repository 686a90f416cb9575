import type { HeldWorkflow, Residue, Resumption } from '../core/halt.ts';
import { formatMoment } from '../core/quantity.ts';
import { inertMarkdown } from '../core/text.ts';
import { initiatorWords } from './receipt.ts';

/** The output of `resume --json`. A stable contract: fields may be added, but none changes its meaning. */
export interface ResumeReport {
  readonly repo: string;
  readonly resumption: Resumption;
  /** Paths of workflows that wait until the canary has done well. */
  readonly later: readonly string[];
  /** Number of a stop declared meanwhile, which has switched off what it holds again; null when there was none. */
  readonly overtakenBy: number | null;
  /** What could not be switched on or turned green. */
  readonly residue: readonly Residue[];
  /** True when nobody is stopped any more. */
  readonly isOver: boolean;
  readonly ledger: string;
  /** Address of the stop's issue; null when there is none. */
  readonly issue: string | null;
  readonly notes: readonly string[];
}

/** The inputs of a report on a resume. */
export interface ResumeInput extends Omit<ResumeReport, 'later'> {
  readonly later: readonly HeldWorkflow[];
}

/** The report of a resume, for programs. */
export function resumeReport(input: ResumeInput): ResumeReport {
  return { ...input, later: input.later.map(({ path }) => path) };
}

/** The result of a resume in a sentence. */
export function resumeOutcome({ isOver, resumption, later, residue, overtakenBy }: ResumeReport): string {
  if (overtakenBy !== null)
    return `Not resumed: stop ${overtakenBy} was declared meanwhile, and what it holds is off again`;
  if (residue.length > 0) return 'Resumed in part: some things are left to do';
  if (isOver) return 'Resumed: no agent is stopped any more';
  if (resumption.stage === 'canary') {
    return `Resumed one agent first; ${later.length} more follow when its sessions have been good`;
  }
  return 'Resumed what was named; the stop goes on for the others';
}

const MAX_SENTENCE = 400;
const MOST_ROWS = 200;

/** A resume in GitHub markdown. Text from outside is inert. */
export function resumeMarkdown(report: ResumeReport): string {
  const { repo, resumption, later, residue, notes } = report;
  const { generation, by, at, reason, workflows } = resumption;
  const facts = [inertMarkdown(repo), `by ${inertMarkdown(initiatorWords(by))}`, formatMoment(at)];
  const parts = [
    `## ▶️ Resume of stop ${generation}`,
    `**${residue.length === 0 ? '✅' : '❌'} ${resumeOutcome(report)}.**`,
    facts.join(' · '),
    `Why: ${inertMarkdown(reason, MAX_SENTENCE)}`,
    list(
      'Left to do',
      residue.map(({ what, id, why, remedy }) => `${what} ${id}: ${why}. ${remedy}`),
    ),
    list('Active again', workflows),
    list('Waiting for the canary', later),
    list('To know', notes),
  ];
  return `${parts.filter((text) => text !== '').join('\n\n')}\n`;
}

function list(title: string, rows: readonly string[]): string {
  if (rows.length === 0) return '';
  const more = rows.length > MOST_ROWS ? ['', `and ${rows.length - MOST_ROWS} more`] : [];
  return [
    `### ${title}`,
    '',
    ...rows.slice(0, MOST_ROWS).map((row) => `- ${inertMarkdown(row, MAX_SENTENCE)}`),
    ...more,
  ].join('\n');
}

/** What was resumed of a stop so far, in GitHub markdown, latest first; empty if nothing was. Text from outside is inert. */
export function resumptionsMarkdown(
  resumptions: readonly Resumption[],
  held: readonly string[],
  isOver: boolean,
): string {
  if (resumptions.length === 0) return '';
  const rows = [...resumptions].reverse().map(({ by, at, reason, stage, workflows }) => {
    const who = inertMarkdown(initiatorWords(by));
    const what = `${workflows.length} ${workflows.length === 1 ? 'workflow' : 'workflows'}${stage === 'canary' ? ' as a canary' : ''}`;
    return `- ${formatMoment(at)}: ${what} by ${who}: ${inertMarkdown(reason, MAX_SENTENCE)}`;
  });
  const parts = [
    `**${isOver ? '▶️ Resumed: no agent is stopped any more' : '▶️ Resumed in part'}.**`,
    rows.slice(0, MOST_RESUMPTIONS).join('\n'),
    isOver ? '' : list('Stopped still', held.slice(0, MOST_HELD)),
  ];
  return `${parts.filter((text) => text !== '').join('\n\n')}\n`;
}

const MOST_RESUMPTIONS = 10;
const MOST_HELD = 25;
