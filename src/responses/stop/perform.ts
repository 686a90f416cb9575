import { attempt, type Failure } from '../../core/failure.ts';
import type { EndRequest } from '../../core/halt.ts';
import type { Instant } from '../../core/time.ts';
import type { ControlApi } from '../../github/port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import type { StopAct } from './decide.ts';
import type { Eyes } from './observe.ts';
import {
  askedToDisable,
  askedToEnd,
  type Ending,
  lookedAt,
  type RunStanding,
  runKey,
  type Standing,
} from './standing.ts';

/** What carries out a stop. */
export interface StopHands extends Eyes {
  readonly control: Eyes['control'] & Pick<ControlApi, 'disable' | 'cancel' | 'forceCancel'>;
}

/** How long requests are sent before the next look. None starts after that, so only the last one may take longer. */
export interface Pace {
  readonly now: () => Instant;
  readonly until: Instant;
}

/** The results of some acts. */
export interface Performed {
  readonly standing: Standing;
  /** The last failure; null when all went well. */
  readonly failure: Failure | null;
}

/**
 * Performs the acts one after another. Failures are noted and decided on again. The rest is left for the next round when
 * GitHub accepts no more requests for now, when something fails that had failed before, or when the time of the round is
 * over.
 */
export async function perform(
  acts: readonly StopAct[],
  before: Standing,
  hands: StopHands,
  { now, until }: Pace,
  done: (count: number) => void,
): Promise<Performed> {
  let standing = before;
  let failure: Failure | null = null;
  for (const [i, act] of acts.entries()) {
    if (now() >= until) break;
    const result = await performOne(act, standing, hands, now);
    standing = result.standing;
    failure = result.failure ?? failure;
    done(i + 1);
    if (result.failure !== null && endsRound(result.failure, act)) break;
  }
  return { standing, failure };
}

async function performOne(
  act: StopAct,
  standing: Standing,
  { control }: StopHands,
  now: () => Instant,
): Promise<Performed> {
  switch (act.kind) {
    case 'disable': {
      const result = await attempt(() => control.disable(act.workflow));
      const failure = result.ok ? null : result.failure;
      return { standing: askedToDisable(standing, act.path, now(), failure), failure };
    }
    case 'cancel':
    case 'force-cancel': {
      const ask = act.kind === 'cancel' ? control.cancel : control.forceCancel;
      const result = await attempt(() => ask(act.run));
      const request: EndRequest = { act: act.kind, at: now(), answer: result.ok ? result.value : 'failed' };
      const failure = result.ok ? null : result.failure;
      return { standing: askedToEnd(standing, act.key, request, failure), failure };
    }
    default:
      return act satisfies never;
  }
}

/** Above this many, runs are looked up a page at a time. */
const ONE_BY_ONE = 20;
const MOST_PAGES = 5;

/** Looks up how runs that disappeared from the lists have ended, with at most a few dozen requests. */
export async function look(
  runs: readonly RunStanding[],
  before: Standing,
  { actions }: Eyes,
  pace: Pace,
): Promise<Performed> {
  const pages = runs.length > ONE_BY_ONE ? await recentRuns(runs.length, actions, pace) : new Map<string, RemoteRun>();
  let standing = before;
  let failure: Failure | null = null;
  let asked = 0;
  for (const { receipt } of runs) {
    if (pace.now() >= pace.until) break;
    const key = runKey(receipt.id, receipt.attempt);
    const known = pages.get(key);
    if (known === undefined && asked < ONE_BY_ONE) {
      asked += 1;
      const found = await endingById(receipt.id, receipt.attempt, actions);
      failure = found.failure ?? failure;
      standing = lookedAt(standing, key, found.ending);
    } else {
      standing = lookedAt(standing, key, known === undefined ? null : endingOf(known, receipt.attempt));
    }
  }
  return { standing, failure };
}

interface FoundEnding {
  readonly ending: Ending | null;
  readonly failure: Failure | null;
}

async function endingById(run: number, attemptNumber: number, actions: Eyes['actions']): Promise<FoundEnding> {
  const found = await attempt(() => actions.run(run));
  if (found.ok) return { ending: endingOf(found.value, attemptNumber), failure: null };
  const { kind } = found.failure;
  return kind === 'not_found' || kind === 'gone'
    ? { ending: DELETED, failure: null }
    : { ending: null, failure: found.failure };
}

/** Somebody deleted the run, which GitHub only allows for ended ones. */
const DELETED: Ending = { ended: true, conclusion: null };

/** A later attempt proves that this one has ended, but not how. */
function endingOf(run: RemoteRun, attemptNumber: number): Ending {
  if (run.attempt !== attemptNumber) return DELETED;
  return { ended: run.status === 'completed', conclusion: run.conclusion };
}

async function recentRuns(
  wanted: number,
  actions: Eyes['actions'],
  { now, until }: Pace,
): Promise<ReadonlyMap<string, RemoteRun>> {
  const found = new Map<string, RemoteRun>();
  const most = Math.min(MOST_PAGES, 1 + Math.ceil(wanted / 100));
  for (let page = 1; page <= most && now() < until; page++) {
    const listed = await attempt(() => actions.runs({ page }));
    if (!listed.ok) break;
    for (const run of listed.value.items) found.set(runKey(run.id, run.attempt), run);
    if (!listed.value.hasNext) break;
  }
  return found;
}

/** A repeated failure may have cost minutes, so what is due by now comes before further tries. */
function endsRound({ kind, retry }: Failure, { failed }: StopAct): boolean {
  if (kind === 'rate_limited' || kind === 'budget_spent' || kind === 'unauthorized') return true;
  return retry && failed > 0;
}
