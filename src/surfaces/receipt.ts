import type {
  CarriedHalt,
  HaltScope,
  Initiator,
  LeverReceipt,
  PullReceipt,
  Residue,
  RunReceipt,
  StopReceipt,
  WorkflowReceipt,
} from '../core/halt.ts';
import { formatMoment } from '../core/quantity.ts';
import { inertMarkdown } from '../core/text.ts';
import { formatDuration, type Instant } from '../core/time.ts';

/** What is shown along with a receipt. */
export interface ReceiptFrame {
  readonly repo: string;
  /** The ledger's location, for people. */
  readonly ledger: string;
  /** True when the stop has nothing left to do. */
  readonly whole: boolean;
  /** Additional notes for people, one line each. */
  readonly notes: readonly string[];
}

/** The output of `stop --json`. A stable contract: fields may be added, but none changes its meaning. */
export interface StopReport {
  readonly repo: string;
  readonly whole: boolean;
  readonly halt: StopReceipt['halt'];
  readonly workflows: readonly WorkflowReceipt[];
  readonly runs: readonly RunReceipt[];
  readonly pulls: readonly PullReceipt[];
  /** Empty if there were none to pull. */
  readonly levers: readonly LeverReceipt[];
  readonly residue: readonly Residue[];
  /** Null while the stopped agents may still be running. */
  readonly timeToStopMs: number | null;
  readonly ledger: string;
  readonly notes: readonly string[];
}

/** A receipt for programs. */
export function stopReport(receipt: StopReceipt, { repo, whole, ledger, notes }: ReceiptFrame): StopReport {
  const { timeToStop, levers = [], ...rest } = receipt;
  return { repo, whole, ...rest, levers, timeToStopMs: timeToStop, ledger, notes };
}

/** Which agents a stop covers. Agent names come from files: make them inert wherever they are shown. */
export function scopeWords(scope: HaltScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all agents';
    case 'agents':
      return scope.names.join(', ');
    default:
      return scope satisfies never;
  }
}

/** A stop's name for people: `stop 3`. */
export function stopWords({ generation }: Pick<CarriedHalt, 'generation'>): string {
  return generation === null ? 'a stop that is in no ledger' : `stop ${generation}`;
}

/** Who asked for something. A login or a name: make it inert wherever it is shown. */
export function initiatorWords(by: Initiator): string {
  switch (by.kind) {
    case 'person':
      return by.actor.login;
    case 'rule':
      return `the rule ${by.rule}`;
    case 'operator':
      return by.login ?? 'the holder of the token';
    default:
      return by satisfies never;
  }
}

/** The time of a moment of a stop, to the second, in UTC; a dash for none. */
export function clockWords(at: Instant | null): string {
  return at === null ? '–' : at.slice(11, 19);
}

/** What GitHub was asked to do with a workflow, and when. */
export function workflowRequest({ at }: Pick<WorkflowReceipt, 'at'>): string {
  return at === null ? 'none' : `disable ${clockWords(at)}`;
}

/** What GitHub was asked to do with a run, in order, with its answer unless it was a plain yes. */
export function runRequests({ requests }: Pick<RunReceipt, 'requests'>): string {
  if (requests.length === 0) return 'none';
  return requests
    .map(({ act, at, answer }) => `${act} ${clockWords(at)}${answer === 'accepted' ? '' : ` (${answer})`}`)
    .join(', ');
}

/** What happened to a lever: `variable: asked 12:00:05, accepted`. */
export function leverWords({ kind, at, answer }: LeverReceipt): string {
  return `${kind}: asked ${clockWords(at)}, ${answer}`;
}

/** The state of a run after the stop: `completed (cancelled)`. */
export function runAfter({ after, conclusion }: Pick<RunReceipt, 'after' | 'conclusion'>): string {
  return conclusion === null ? after : `${after} (${conclusion})`;
}

/** The result of a stop in a sentence, without its reason. */
export function outcomeWords({ timeToStop, residue }: StopReceipt, whole: boolean): string {
  if (whole && timeToStop !== null) return `Stopped in ${formatDuration(timeToStop)}`;
  const left = `${residue.length} ${residue.length === 1 ? 'thing is' : 'things are'} left to do`;
  return timeToStop === null
    ? `Not complete: something may still run, and ${left}`
    : `Nothing runs any more, but ${left}`;
}

/** Rows of a table: fewer if the tables together do not fit. */
const MOST_ROWS = [1_000, 300, 100, 25, 5] as const;
const MAX_SENTENCE = 400;

/** GitHub refuses longer issue bodies; this leaves some room for the text around the receipt. */
export const MAX_ISSUE_RECEIPT = 60_000;

/** A receipt in GitHub markdown with a limit in bytes. Text from outside is inert. */
export function receiptMarkdown(receipt: StopReceipt, frame: ReceiptFrame, maxBytes: number): string {
  const texts = MOST_ROWS.map((most) => receiptText(receipt, frame, most));
  const fits = texts.find((text) => new TextEncoder().encode(text).length <= maxBytes);
  return fits ?? heading(receipt, frame);
}

function receiptText(receipt: StopReceipt, frame: ReceiptFrame, most: number): string {
  const { workflows, runs, pulls, levers = [], residue } = receipt;
  const parts = [
    heading(receipt, frame),
    listed('Left to do', [], residue.map(residueLine), most),
    listed(
      'To know',
      [],
      frame.notes.map((note) => `- ${inertMarkdown(note, MAX_SENTENCE)}`),
      most,
    ),
    listed(
      'Workflows',
      ['| workflow | before | asked | after |', '|---|---|---|---|'],
      workflows.map(workflowRow),
      most,
    ),
    listed('Runs', RUN_HEAD, runs.map(runRow), most),
    listed('Pull requests', PULL_HEAD, pulls.map(pullRow), most),
    listed(
      'Levers',
      [],
      levers.map((lever) => `- ${leverWords(lever)}`),
      most,
    ),
    `<sub>Times are UTC. The receipt is ${receipt.halt.generation === null ? 'not ' : ''}in the ledger ${inertMarkdown(frame.ledger, 200)}.</sub>`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const RUN_HEAD = ['| run | workflow | before | asked | after | ended |', '|---|---|---|---|---|---|'];
const PULL_HEAD = ['| pull request | head | auto-merge | merge queue | red status |', '|---|---|---|---|---|'];

function heading(receipt: StopReceipt, { repo, whole }: ReceiptFrame): string {
  const { generation, scope, by, reason, at } = receipt.halt;
  const stop = generation === null ? 'Stop without a ledger' : `Stop ${generation}`;
  const facts = [inertMarkdown(repo), `by ${inertMarkdown(initiatorWords(by))}`, formatMoment(at)];
  return [
    `## 🛑 ${stop}: ${inertMarkdown(scopeWords(scope), 300)}`,
    `**${whole ? '✅' : '❌'} ${outcomeWords(receipt, whole)}.**`,
    facts.join(' · '),
    `Why: ${inertMarkdown(reason, MAX_SENTENCE)}`,
  ].join('\n\n');
}

function listed(title: string, head: readonly string[], rows: readonly string[], most: number): string {
  if (rows.length === 0) return '';
  const more = rows.length > most ? ['', `and ${rows.length - most} more`] : [];
  return [`### ${title}`, '', ...head, ...rows.slice(0, most), ...more].join('\n');
}

function residueLine({ what, id, why, remedy }: Residue): string {
  const words = [
    `${what} ${inertMarkdown(id, 200)}: ${inertMarkdown(why, MAX_SENTENCE)}`,
    inertMarkdown(remedy, MAX_SENTENCE),
  ];
  return `- ${words.join('. ')}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => inertMarkdown(cell, 300)).join(' | ')} |`;
}

function workflowRow(workflow: WorkflowReceipt): string {
  return row([workflow.path, workflow.before, workflowRequest(workflow), workflow.after]);
}

function runRow(run: RunReceipt): string {
  const id = run.attempt === 1 ? String(run.id) : `${run.id}, attempt ${run.attempt}`;
  return row([id, run.workflow, run.before, runRequests(run), runAfter(run), clockWords(run.at)]);
}

function pullRow({ number, head, autoMerge, queue, status }: PullReceipt): string {
  return row([String(number), head.slice(0, 7), words(autoMerge), words(queue), status]);
}

/** `switched_off` with spaces for people. */
function words(state: string): string {
  return state.replaceAll('_', ' ');
}
