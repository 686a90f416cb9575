import type { EventOf } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import type {
  CarriedHalt,
  CountedReceipt,
  LeverReceipt,
  PullReceipt,
  Residue,
  RunReceipt,
  StopReceipt,
  WorkflowReceipt,
} from '../../core/halt.ts';
import { repositorySubject } from '../../core/subject.ts';
import { between, type Duration, type Instant, latest } from '../../core/time.ts';
import { isEnded } from './decide.ts';
import { isGone, isQuiet, type RunStanding, type Standing, type WorkflowStanding } from './standing.ts';

/** What a receipt is made of. */
export interface ReceiptInput<Carried extends CarriedHalt> {
  readonly halt: Carried;
  readonly standing: Standing;
  readonly pulls: readonly PullReceipt[];
  readonly levers: readonly LeverReceipt[];
  /** What could not be achieved besides workflows and runs. */
  readonly residue: readonly Residue[];
}

/** The proof of a stop, as things are now. Pure. */
export function receiptOf<Carried extends CarriedHalt>({
  halt,
  standing,
  pulls,
  levers,
  residue,
}: ReceiptInput<Carried>): StopReceipt & { readonly halt: Carried } {
  const runs = Object.values(standing.runs).sort((a, b) => a.receipt.id - b.receipt.id);
  const { released } = standing;
  return {
    halt,
    workflows: [...standing.workflows, ...released.workflows].sort(byPath).map(workflowReceipt),
    runs: [...runs, ...released.runs].map(runReceipt),
    pulls,
    ...(levers.length === 0 ? {} : { levers }),
    residue: [
      ...standing.workflows.flatMap((one) => workflowResidue(one, standing)),
      ...runs.flatMap(runResidue),
      ...residue,
    ],
    timeToStop: timeToStop(halt, standing),
  };
}

/** A receipt as the ledger stores it; `at` distinguishes several receipts of one stop. */
export function receiptEvent(receipt: CountedReceipt, repo: string, at: Instant, by: string): EventOf<'halt.receipt'> {
  return {
    v: 1,
    id: `halt-receipt:${receipt.halt.generation}:${at}:${by}`,
    kind: 'halt.receipt',
    at,
    seen: at,
    repo,
    subject: repositorySubject(repo),
    data: { receipt },
  };
}

/** Something that could not be achieved, from the answer of GitHub or the ledger. */
export function residueOf(what: Residue['what'], id: string, failure: Failure): Residue {
  return { what, id, why: failure.message, remedy: failure.remedy };
}

function byPath(a: WorkflowStanding, b: WorkflowStanding): number {
  return a.held.path < b.held.path ? -1 : 1;
}

function workflowReceipt({ held, state, disables }: WorkflowStanding): WorkflowReceipt {
  return { path: held.path, id: held.id, before: held.before, after: state, at: disables.at(-1)?.at ?? null };
}

function runReceipt(run: RunStanding): RunReceipt {
  // Gone from the lists means ended, even when nobody knows how.
  return isGone(run) && run.receipt.after !== 'completed'
    ? { ...run.receipt, after: 'completed', at: run.absentSince }
    : run.receipt;
}

/** From the decision to the moment since when nothing of the stopped agents was seen alive; null while something may be. */
function timeToStop(halt: CarriedHalt, { workflows, runs, released }: Standing): Duration | null {
  // If all were resumed meanwhile, no agent is stopped.
  if (workflows.length === 0 && released.workflows.length > 0) return null;
  if (!workflows.every(isEnded) || !Object.values(runs).every(isGone)) return null;
  const moments = [
    ...workflows.map(({ emptySince }) => emptySince),
    ...workflows.map(({ disables }) => disables.at(-1)?.at),
  ];
  const end = moments.reduce<Instant>((last, moment) => latest(last, moment ?? ''), halt.at);
  return between(halt.at, end);
}

function workflowResidue(workflow: WorkflowStanding, standing: Standing): readonly Residue[] {
  const { held, state, disabling, listing } = workflow;
  const found: Residue[] = [];
  if (state === 'active' || state === 'unknown') {
    const failure = disabling.last ?? standing.states.last;
    found.push({
      what: 'workflow',
      id: held.path,
      why: failure?.message ?? (state === 'active' ? 'It is active again' : UNFAMILIAR),
      remedy: failure?.remedy ?? 'Disable it by hand: Actions > the workflow > Disable workflow',
    });
  }
  if (!isQuiet(workflow)) {
    const alive = Object.values(standing.runs).some((run) => run.receipt.workflow === held.path && !isGone(run));
    if (listing.last !== null) found.push(residueOf('list', held.path, listing.last));
    else if (!alive) found.push({ what: 'list', id: held.path, ...UNSEEN });
  }
  return found;
}

const UNFAMILIAR = 'GitHub gives its state in a word that this version of Checkrein does not know';

const UNSEEN = {
  why: 'Time ran out before two lists in a row showed that nothing of it runs',
  remedy: 'The next `watch` looks again; or run `checkrein stop` once more',
};

function runResidue(run: RunStanding): readonly Residue[] {
  if (isGone(run)) return [];
  const { id, requests, after } = run.receipt;
  const last = requests.at(-1);
  const asked = last === undefined ? 'nobody could ask it to end' : `the last ${last.act} was ${last.answer}`;
  return [
    {
      what: 'run',
      id: String(id),
      why: run.trouble.last?.message ?? `It is still ${after}; ${asked}`,
      remedy: run.trouble.last?.remedy ?? 'Cancel it by hand on its page; the next `watch` goes on too',
    },
  ];
}
