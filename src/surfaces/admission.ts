import type { Left } from '../core/budget.ts';
import type { Admission, Decision, Gate } from '../core/guard.ts';
import { formatAmount } from '../core/quantity.ts';
import { inertMarkdown, plainLine } from '../core/text.ts';

/** What is shown along with an admission. */
export interface AdmissionFrame {
  readonly left: readonly Left[];
  /** Additional notes for people, one line each. */
  readonly notes: readonly string[];
  /** The ledger's location, for people; null if none could be used. */
  readonly ledger: string | null;
}

/** The output of `guard --json`. A stable contract: fields may be added, but none changes its meaning. */
export interface AdmissionReport extends Admission {
  readonly left: readonly Left[];
  readonly ledger: string | null;
  readonly notes: readonly string[];
}

/** An admission for programs. */
export function admissionReport(admission: Admission, { left, notes, ledger }: AdmissionFrame): AdmissionReport {
  return { ...admission, left, ledger, notes };
}

const MAX_SENTENCE = 600;

/** The decision in a few words. The name comes from outside: make it inert wherever it is shown. */
export function admissionHead({ errand, decision, wouldBe }: Admission): string {
  const name = plainLine(errand.agent);
  if (decision === 'deny') return `${name} may not start`;
  if (wouldBe === 'deny') return `${name} may start, and would not in enforce mode`;
  return decision === 'warn' ? `${name} may start, with a warning` : `${name} may start`;
}

/** `$12.30 of $50.00 is left of repo-day`. */
export function leftWords({ budget, unit, left, limit }: Left): string {
  return `${formatAmount(left, unit)} of ${formatAmount(limit, unit)} is left of ${plainLine(budget)}`;
}

/** What each gate checks, in a word for people. */
export const GATES: Readonly<Record<Gate, string>> = {
  halt: 'stop',
  rule: 'rules',
  budget: 'budgets',
  chain: 'chain',
  reviews: 'review',
  pace: 'pace',
  sight: 'sight',
};

const MARKS: Readonly<Record<Decision, string>> = { allow: '✅', warn: '⚠️', deny: '⛔' };

/** An admission for the job summary. */
export function admissionMarkdown(admission: Admission, frame: AdmissionFrame): string {
  const { decision, wouldBe, reason, answers, lease, model, mode } = admission;
  const inert = (text: string): string => inertMarkdown(text, MAX_SENTENCE);
  const mark = MARKS[wouldBe ?? decision];
  const blocks = [
    `## ${mark} ${inertMarkdown(admissionHead(admission), 160)}`,
    inert(reason),
    ...(wouldBe === 'deny'
      ? ['Nothing was held back: this repository is in shadow mode. `mode: enforce` makes this a denial.']
      : []),
    ...(model === null ? [] : [`A cheaper model is offered: ${inertMarkdown(model, 120)} (output \`model\`).`]),
    ...(frame.left.length === 0 ? [] : [leftTable(frame.left)]),
    [
      '| gate | answer | why |',
      '| --- | --- | --- |',
      ...answers.map((one) => `| ${GATES[one.gate]} | ${one.decision} | ${inert(one.reason)} |`),
    ].join('\n'),
    ...frame.notes.map((note) => `⚠️ ${inert(note)}`),
    `<sub>mode ${mode} · lease ${lease === null ? 'none' : inertMarkdown(lease, 200)} · ledger ${
      frame.ledger === null ? 'not used' : inertMarkdown(frame.ledger, 200)
    }</sub>`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function leftTable(left: readonly Left[]): string {
  const rows = left.map(
    ({ budget, unit, left: rest, limit }) =>
      `| ${inertMarkdown(budget)} | ${formatAmount(rest, unit)} | ${formatAmount(limit, unit)} |`,
  );
  return ['| budget | left beside this session | allowance |', '| --- | ---: | ---: |', ...rows].join('\n');
}

/** An admission as plain lines. */
export function admissionText(admission: Admission, { left, notes, ledger }: AdmissionFrame): string {
  const plain = (text: string): string => plainLine(text, MAX_SENTENCE);
  const { reason, answers, model, lease, mode } = admission;
  const lines = [
    `${admissionHead(admission)}.`,
    plain(reason),
    ...(model === null ? [] : [`A cheaper model is offered: ${plain(model)}.`]),
    ...left.map((one) => `  ${leftWords(one)}`),
    ...answers.map((one) => `  ${GATES[one.gate]}: ${one.decision}. ${plain(one.reason)}`),
    ...notes.map((note) => `! ${plain(note)}`),
    `mode ${mode} · lease ${lease === null ? 'none' : plain(lease)} · ledger ${ledger === null ? 'not used' : plain(ledger)}`,
  ];
  return `${lines.join('\n')}\n`;
}
