import type { EventOf } from '../../core/event.ts';
import type { RunMark, SessionMark } from '../../core/facts.ts';
import type { HeldWorkflow, Resumption } from '../../core/halt.ts';
import type { SessionOutcome } from '../../core/session.ts';
import { repositorySubject } from '../../core/subject.ts';
import { between, DAY, type Duration, type Instant } from '../../core/time.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import { workflowState } from './declare.ts';
import { type HaltState, isSameStop, isUnfinished } from './log.ts';

/** What somebody wants to resume. */
export interface ResumeWish {
  /** Number of the intended stop, so that a newer one is not released by mistake; any when left out. */
  readonly generation?: number;
  /** Paths of workflows; null for everything that the stop holds. */
  readonly paths: readonly string[] | null;
  /** `canary` brings back one workflow first. */
  readonly stage: 'all' | 'canary';
  /** Path of the workflow that comes first with `canary`; the first by path when left out. */
  readonly canary?: string | null;
  /** True while the rule's reason for the stop still holds. */
  readonly causeHolds: boolean;
  /** Resume although the cause holds. */
  readonly anyway: boolean;
  readonly reason: string;
}

interface Refusal {
  readonly why: string;
  readonly remedy: string;
  /** Set when it is refused because the cause of the stop holds, so that giving a reason would help. */
  readonly causeHolds?: true;
}

/** What a resume does, or why it does nothing. */
export type ResumePlan =
  | ({ readonly kind: 'refused' } & Refusal)
  | {
      readonly kind: 'ready';
      readonly generation: number;
      /** Ours to switch on: active before the stop, and now disabled as we left it. */
      readonly enable: readonly HeldWorkflow[];
      /** Active already: somebody was quicker. */
      readonly already: readonly string[];
      /** Released without being switched on: not active before the stop, or now off for a reason that is not ours. */
      readonly notOurs: readonly string[];
      /** Those that are off and whose earlier state is unknown: a person must decide. */
      readonly unclear: readonly string[];
      /** Held until the canary has done well. */
      readonly later: readonly HeldWorkflow[];
      readonly stage: Resumption['stage'];
    };

/** Exactly what the stop switched off, and nothing else. Pure. */
export function planResume(state: HaltState, remote: readonly RemoteWorkflow[], wish: ResumeWish): ResumePlan {
  const refusal = refusalOf(state, wish);
  if (refusal !== null) return { kind: 'refused', ...refusal };
  const now = new Map(remote.map(({ id, state: word }) => [id, workflowState(word)]));
  const wanted = state.held.filter(({ path }) => wish.paths === null || wish.paths.includes(path));
  const ours = wanted.filter(({ id, before }) => before === 'active' && now.get(id) === 'disabled_manually');
  const active = wanted.filter(({ id, before }) => before === 'active' && now.get(id) === 'active');
  if (wish.stage === 'canary' && !mayLead(wish.canary ?? null, [...ours, ...active])) {
    return { kind: 'refused', ...NO_CANARY };
  }
  const { enable, later, stage } = staged(ours, isUnfinished(state) ? active : [], wish);
  const already = active.filter((workflow) => !later.includes(workflow));
  const others = wanted.filter((workflow) => !ours.includes(workflow) && !active.includes(workflow));
  return {
    kind: 'ready',
    generation: state.generation,
    enable,
    already: already.map(({ path }) => path),
    notOurs: others.map(({ path }) => path),
    unclear: others
      .filter(({ id, before }) => before === 'unknown' && now.get(id) === 'disabled_manually')
      .map(({ path }) => path),
    later,
    stage,
  };
}

/** The rest would wait in vain for a canary that is not switched on. */
function mayLead(canary: string | null, comingBack: readonly HeldWorkflow[]): boolean {
  return canary === null || comingBack.some(({ path }) => path === canary);
}

const NO_CANARY = {
  why: 'That canary is not among what comes back: it was not active before the stop, or is off for another reason by now',
  remedy: 'Name a workflow as the canary that the stop switched off',
};

type Staged = Pick<Extract<ResumePlan, { kind: 'ready' }>, 'enable' | 'later' | 'stage'>;

/**
 * There is no stage when nothing is left to wait for the canary. Workflows that an unfinished stop has not switched off yet
 * wait too: they are only on because it has not reached them.
 */
function staged(
  ours: readonly HeldWorkflow[],
  unreached: readonly HeldWorkflow[],
  { stage, canary = null }: ResumeWish,
): Staged {
  // A canary that a process enabled before it died is no longer among ours, but the rest waits for it all the same.
  const all = [...ours, ...unreached];
  const first = canary ?? all[0]?.path;
  const later = all.filter(({ path }) => path !== first);
  if (stage === 'all' || later.length === 0) return { enable: ours, later: [], stage: 'complete' };
  return { enable: ours.filter(({ path }) => path === first), later, stage: 'canary' };
}

function refusalOf(state: HaltState, wish: ResumeWish): Refusal | null {
  if (state.halt === null) return { why: 'No stop is in force', remedy: 'There is nothing to resume' };
  const { generation: meant = state.generation } = wish;
  if (!isSameStop(state, meant)) return otherStop(state.generation, meant);
  const { canary = null } = wish;
  const named = [...(wish.paths ?? []), ...(canary === null ? [] : [canary])];
  const unheld = named.find((path) => !state.held.some((workflow) => workflow.path === path));
  if (unheld !== undefined) {
    return { why: `The stop does not hold ${unheld}`, remedy: 'See the receipt of the stop for what it holds' };
  }
  return wish.causeHolds ? causeRefusal(wish) : null;
}

function otherStop(inForce: number, meant: number): Refusal {
  return {
    why: `Another stop has come into force: this was to resume stop ${meant}, and stop ${inForce} holds`,
    remedy: `Look at why stop ${inForce} was declared, and resume that one if it is right`,
  };
}

function causeRefusal(wish: ResumeWish): Refusal | null {
  if (!wish.anyway) {
    return {
      why: 'What the rule stopped the agents for still holds: its alert is active',
      remedy: 'Remove the cause and let `watch` see it gone, or resume with --anyway and a --reason',
      causeHolds: true,
    };
  }
  if (wish.reason.trim() !== '') return null;
  return {
    why: 'Resuming although the cause holds needs a reason',
    remedy: 'Say why it is right to resume now: --reason TEXT',
  };
}

/** A resume as the ledger stores it. */
export function resumedEvent(resumption: Resumption, repo: string, by: string): EventOf<'halt.resumed'> {
  return {
    v: 1,
    id: `halt-resumed:${resumption.generation}:${resumption.at}:${by}`,
    kind: 'halt.resumed',
    at: resumption.at,
    seen: resumption.at,
    repo,
    subject: repositorySubject(repo),
    data: { resumption },
  };
}

/** What the ledger remembers of recent runs and sessions. */
export interface RecentMarks {
  readonly runs: Readonly<Record<string, RunMark>>;
  readonly sessions: Readonly<Record<string, SessionMark>>;
}

/** How many good sessions of the canary in a row bring back the rest. */
export const GOOD_SESSIONS = 3;

/** A canary with fewer good sessions by then needs a person to look at it. */
const CANARY_LASTS: Duration = 3 * DAY;

/**
 * The second stage of a resume: the last canary's resumption once its sessions since then have been good, so that the rest
 * may follow. Null when there is none, or it has not proven itself. A session without a known result proves nothing.
 */
export function dueResumption(state: HaltState, recent: RecentMarks, now: Instant): Resumption | null {
  // Later resumptions brought back single workflows, or only part of the rest: what failed is still due.
  const last = state.resumptions.findLast(({ stage }) => stage === 'canary');
  if (state.halt === null || last === undefined) return null;
  if (between(last.at, now) > CANARY_LASTS) return null;
  const runs = new Set(
    Object.values(recent.runs)
      .filter(({ workflow, startedAt }) => last.workflows.includes(workflow) && startedAt >= last.at)
      .map(({ run, attempt }) => `${run}:${attempt}`),
  );
  const outcomes = Object.values(recent.sessions)
    .filter(({ run, attempt }) => runs.has(`${run}:${attempt}`))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ outcome }) => outcome)
    .filter((outcome) => outcome !== 'unknown');
  const lastOnes = outcomes.slice(-GOOD_SESSIONS);
  return lastOnes.length === GOOD_SESSIONS && lastOnes.every(isGood) ? last : null;
}

function isGood(outcome: SessionOutcome): boolean {
  return outcome === 'completed';
}
