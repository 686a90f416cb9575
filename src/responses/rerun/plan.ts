import type { Alert } from '../../core/alert.ts';
import type { RemedyRun } from '../../core/notice-record.ts';
import type { RemedyKind, RerunKind } from '../../core/notice-terms.ts';
import type { RerunResponse } from '../../core/response.ts';
import { after, between, DAY, type Duration, type Instant } from '../../core/time.ts';
import { askedOf } from '../asked.ts';
import { CLAIM_LASTS, type ClaimTerms } from '../issue/plan.ts';
import type { ResponseLog } from '../log.ts';
import { type RemedyLog, type RemedyMark, runKey } from '../remedy/log.ts';
import type { AskedRemedy } from '../remedy/plan.ts';

/** A re-run that could not be done for this long is given up: the failure is old by then. */
const PATIENCE: Duration = DAY;

/** Everything that planning may know. */
export interface RerunPlanInput {
  /** All known alerts, in any state. */
  readonly alerts: readonly Alert[];
  readonly asked: Readonly<Record<string, Pick<AskedRemedy, 'do' | 'mode'>>>;
  readonly mode: 'shadow' | 'enforce';
  readonly remedies: RemedyLog;
  readonly log: Pick<ResponseLog, 'claims'>;
  readonly now: Instant;
  /** Our own process, to tell our claims from others'. */
  readonly by: string;
  readonly claims: Pick<ClaimTerms, 'clock'>;
  /** Why the agent of a run may not start now, in a few stable words of ours; null when it may. Pure. */
  readonly heldBack: (run: RemedyRun) => string | null;
}

export interface RerunPlan {
  readonly ready: readonly RerunResponse[];
  /** Another process has started on these. */
  readonly held: readonly RerunResponse[];
  /** By `RUN.ATTEMPT`: why a wanted re-run is not done now. */
  readonly heldBack: Readonly<Record<string, string>>;
}

/**
 * Which of the runs that were settled on are run again now: only while their alert goes on and still asks for it, and only
 * if their agent may start. The plan is made from states, so the next run makes up for one that died. A re-run is less
 * urgent than a stop, so another process's claim is left alone until it is old.
 */
export function planReruns(input: RerunPlanInput): RerunPlan {
  const wanted = input.remedies.flatMap((mark) => wantedOf(mark, input));
  const heldBack: Record<string, string> = {};
  const free = wanted.filter(({ run, attempt, agent }) => {
    const why = input.heldBack({ run, attempt, agent });
    if (why !== null) heldBack[runKey({ run, attempt })] = why;
    return why === null;
  });
  return {
    ready: free.filter(({ key }) => !isClaimedByOther(key, input)),
    held: free.filter(({ key }) => isClaimedByOther(key, input)),
    heldBack,
  };
}

function wantedOf(mark: RemedyMark, { alerts, asked, mode, now }: RerunPlanInput): readonly RerunResponse[] {
  const kind = rerunKind(mark.do);
  if (kind === null || mark.verdict !== 'planned' || mark.at <= after(now, -PATIENCE)) return [];
  const alert = alerts.find((one) => one.fingerprint === mark.fingerprint && one.episode === mark.episode);
  if (alert?.state !== 'active') return [];
  const terms = askedOf(alert, asked);
  if (terms?.do !== kind || (terms.mode ?? mode) === 'shadow') return [];
  return (mark.runs ?? [])
    .filter((run) => mark.reruns?.[runKey(run)] === undefined)
    .map((run) => responseTo(mark, kind, run));
}

/** Null for remedies that re-run nothing. */
export function rerunKind(kind: RemedyKind): RerunKind | null {
  return kind === 'retry-run' || kind === 'rerun-failed' ? kind : null;
}

function responseTo(
  { fingerprint, episode, name }: RemedyMark,
  act: RerunKind,
  { run, attempt, agent }: RemedyRun,
): RerunResponse {
  const key = `rerun:${fingerprint}:${episode}:${runKey({ run, attempt })}`;
  const because = `the alert of ${name} is critical and its rule asks for ${act}`;
  return { kind: 'rerun', act, key, because, fingerprint, episode, agent, run, attempt };
}

function isClaimedByOther(key: string, { log, by, claims }: RerunPlanInput): boolean {
  const claim = log.claims[key];
  return claim !== undefined && claim.by !== by && Math.abs(between(claim.at, claims.clock)) < CLAIM_LASTS;
}
