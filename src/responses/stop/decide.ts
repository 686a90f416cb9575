import type { EndRequest } from '../../core/halt.ts';
import type { RunStatus } from '../../core/run.ts';
import { after, between, type Duration, type Instant, MINUTE, SECOND, toMs } from '../../core/time.ts';
import {
  isGone,
  isHopeless,
  isOff,
  isQuiet,
  type RunStanding,
  runKey,
  type Standing,
  type WorkflowStanding,
} from './standing.ts';

/** One request to GitHub that moves the stop forward. */
export type StopAct = (
  | { readonly kind: 'disable'; readonly path: string; readonly workflow: number }
  | { readonly kind: 'cancel' | 'force-cancel'; readonly key: string; readonly run: number }
) & {
  /** How many times in a row its target could not be dealt with. */
  readonly failed: number;
};

/** What to do next. After that comes another look. */
export type Decision =
  | { readonly kind: 'act'; readonly acts: readonly StopAct[] }
  /** Look up runs by id that have disappeared from the lists. */
  | { readonly kind: 'look'; readonly runs: readonly RunStanding[] }
  | { readonly kind: 'wait'; readonly for: Duration }
  | { readonly kind: 'finished'; readonly because: 'all ended' | 'out of time' | 'nothing more can be done' };

/** How patient a stop is. */
export interface Patience {
  /** From the first accepted cancel of a run to force-cancelling it; never more than `LONGEST_GRACE`. */
  readonly grace: Duration;
  /** When to give up for now. */
  readonly until: Instant;
}

/** GitHub itself ends what is left of a cancelled run after five minutes, except jobs with `if: always()`. */
export const LONGEST_GRACE: Duration = 5 * MINUTE;

/** An accepted request is not repeated sooner, because its effect takes time to show. */
const ASK_AGAIN: Duration = 30 * SECOND;

/** How long after an accepted request a list may still show a workflow as active. */
const STATE_LAG: Duration = 10 * SECOND;

/** After this many tries to disable a workflow, its runs are ended even though it may start more. */
const DISABLE_FIRST_TRIES = 3;

/** How often a run that has disappeared from the lists is looked up, should the lookup fail. */
const MOST_LOOKS = 2;

/** Waits between looks while nothing changes. */
const WAITS: readonly Duration[] = [2 * SECOND, 3 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND];

/**
 * The next step of a stop, from what is held, what was seen and what was requested when. Pure, and independent of who
 * requested it: a process that takes over from a dead one decides the same.
 * `waited` counts the waits since the last action.
 */
export function decide(standing: Standing, now: Instant, patience: Patience, waited: number): Decision {
  if (now >= patience.until) return { kind: 'finished', because: 'out of time' };
  const alive = Object.values(standing.runs).filter((run) => !isGone(run));
  const acts = dueNow(standing, alive, now, patience);
  if (acts.length > 0) return { kind: 'act', acts };
  const settled = standing.workflows.every((workflow) => isSettled(workflow, standing));
  const looks = Object.values(standing.runs).filter(wantsLook);
  if (settled && looks.length > 0) return { kind: 'look', runs: looks };
  if (settled && alive.every(({ trouble }) => isHopeless(trouble))) {
    const whole = alive.length === 0 && standing.workflows.every(isEnded);
    return { kind: 'finished', because: whole ? 'all ended' : 'nothing more can be done' };
  }
  return { kind: 'wait', for: waitFor(alive, now, patience, waited) };
}

/** True when a workflow is off and two lists showed no run of it. */
export function isEnded(workflow: WorkflowStanding): boolean {
  return isOff(workflow.state) && isQuiet(workflow);
}

/**
 * Disabling comes before ending, and fewer failures come first. So if a round breaks off, the next one starts with what it
 * did not reach.
 */
function dueNow(
  standing: Standing,
  alive: readonly RunStanding[],
  now: Instant,
  patience: Patience,
): readonly StopAct[] {
  const disables = standing.workflows.flatMap((workflow) => disableNow(workflow, now));
  const ends = inOrder(alive).flatMap((run) => endNow(run, standing, now, patience));
  return [...disables, ...ends].sort((a, b) => a.failed - b.failed);
}

/** True when nothing more can be learned or done about a workflow itself. */
function isSettled(workflow: WorkflowStanding, { states, runs }: Standing): boolean {
  const { held, state, disabling, listing } = workflow;
  if (held.id === 0 && state === 'unknown') return isHopeless(states);
  // It was switched off, yet GitHub reports a state that we do not know. Looking again would not help.
  const unclear = state === 'unknown' && states.times === 0 && workflow.wasOff;
  const done = isOff(state) || unclear || isHopeless(disabling) || isHopeless(states);
  return done && (isQuiet(workflow) || isHopeless(listing) || isStuck(held.path, runs));
}

/**
 * True when the runs of a workflow go on and we are not allowed to end them: its lists will not become empty while we look.
 */
function isStuck(path: string, runs: Standing['runs']): boolean {
  const alive = Object.values(runs).filter((run) => run.receipt.workflow === path && !isGone(run));
  return alive.length > 0 && alive.every(({ trouble }) => isHopeless(trouble));
}

/**
 * Switches off what is active, and again what somebody has switched on while we stop. A workflow whose state is unreadable or
 * unknown gets one request, unless it was off before, because it may be active.
 */
function disableNow(workflow: WorkflowStanding, now: Instant): readonly StopAct[] {
  const { held, state, disables, disabling, offSinceAsked } = workflow;
  const act: StopAct = { kind: 'disable', path: held.path, workflow: held.id, failed: disabling.times };
  if (held.id === 0 || isHopeless(disabling)) return [];
  const accepted = disables.findLast((request) => request.accepted) ?? null;
  switch (state) {
    case 'active':
      return accepted === null || offSinceAsked || between(accepted.at, now) >= STATE_LAG ? [act] : [];
    case 'unknown':
      return !isOff(held.before) && accepted === null ? [act] : [];
    case 'deleted':
    case 'disabled_fork':
    case 'disabled_inactivity':
    case 'disabled_manually':
      return [];
    default:
      return state satisfies never;
  }
}

/** Never cancels before disabling: a trigger in between would start a new run. */
function mayEnd(workflow: WorkflowStanding | undefined): boolean {
  if (workflow === undefined || workflow.wasOff || workflow.disabling.times >= DISABLE_FIRST_TRIES) return true;
  // It was off before and nobody can see that it is on now, so no request is made.
  return workflow.state === 'unknown' && isOff(workflow.held.before);
}

function endNow(run: RunStanding, standing: Standing, now: Instant, patience: Patience): readonly StopAct[] {
  const workflow = standing.workflows.find(({ held }) => held.path === run.receipt.workflow);
  if (!mayEnd(workflow) || isHopeless(run.trouble) || run.absentLists > 0) return [];
  const { id, attempt, requests } = run.receipt;
  const about = { key: runKey(id, attempt), run: id, failed: run.trouble.times };
  const answered = firstAnswered(requests);
  if (answered === null) return [{ kind: 'cancel', ...about }];
  if (now >= forceFrom(answered, patience)) {
    return isDue(requests, 'force-cancel', now) ? [{ kind: 'force-cancel', ...about }] : [];
  }
  if (answered.answer === 'accepted') return [];
  return isDue(requests, 'cancel', now) ? [{ kind: 'cancel', ...about }] : [];
}

/**
 * The first accepted cancel, else the first refused one: a run that refuses to be cancelled gets no more time than others.
 */
function firstAnswered(requests: readonly EndRequest[]): EndRequest | null {
  return (
    requests.find(({ answer }) => answer === 'accepted') ?? requests.find(({ answer }) => answer === 'refused') ?? null
  );
}

function forceFrom({ at }: EndRequest, { grace }: Patience): Instant {
  return after(at, Math.min(grace, LONGEST_GRACE));
}

/** True when there was no such request yet, the last one failed, or it was answered long enough ago. */
function isDue(requests: readonly EndRequest[], act: EndRequest['act'], now: Instant): boolean {
  const last = requests.findLast((request) => request.act === act);
  return last === undefined || last.answer === 'failed' || between(last.at, now) >= ASK_AGAIN;
}

function wantsLook(run: RunStanding): boolean {
  return run.receipt.after !== 'completed' && isGone(run) && run.looks < MOST_LOOKS;
}

/** Long enough to see a change, but not past the moment when something is due. */
function waitFor(alive: readonly RunStanding[], now: Instant, patience: Patience, waited: number): Duration {
  const pause = WAITS[Math.min(waited, WAITS.length - 1)] ?? SECOND;
  const due = alive.flatMap(({ receipt }) => {
    const answered = firstAnswered(receipt.requests);
    const from = answered === null ? null : forceFrom(answered, patience);
    return from !== null && from > now ? [from] : [];
  });
  const moments = [...due, patience.until].map((moment) => toMs(moment) - toMs(now));
  return Math.max(SECOND, Math.min(pause, ...moments));
}

/** Waiting runs come before running ones: ending a running one would let the next of its group start. */
function inOrder(runs: readonly RunStanding[]): readonly RunStanding[] {
  return [...runs].sort((a, b) => RANK[a.receipt.after] - RANK[b.receipt.after] || a.receipt.id - b.receipt.id);
}

const RANK: Readonly<Record<RunStatus, number>> = {
  pending: 0,
  requested: 1,
  waiting: 2,
  queued: 3,
  in_progress: 4,
  completed: 5,
};
