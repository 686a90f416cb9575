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

/** What could not be done for so long is not done any more: what failed then is an old story. */
const PATIENCE: Duration = DAY;

/** All that planning may know. */
export interface RerunPlanInput {
  /** Every alert that is kept, in any state. */
  readonly alerts: readonly Alert[];
  readonly asked: Readonly<Record<string, Pick<AskedRemedy, 'do' | 'mode'>>>;
  readonly mode: 'shadow' | 'enforce';
  readonly remedies: RemedyLog;
  readonly log: Pick<ResponseLog, 'claims'>;
  readonly now: Instant;
  /** Our own process, to tell our claims from others'. */
  readonly by: string;
  readonly claims: Pick<ClaimTerms, 'clock'>;
  /** Why the agent of a run may not start now, in a few words of ours that stay the same; null when it may. Pure. */
  readonly heldBack: (run: RemedyRun) => string | null;
}

export interface RerunPlan {
  readonly ready: readonly RerunResponse[];
  /** Somebody else has begun with these. */
  readonly held: readonly RerunResponse[];
  /** By `RUN.ATTEMPT`: why one that is wanted is not run again now. */
  readonly heldBack: Readonly<Record<string, string>>;
}

/**
 * Which runs are run again now, of those that were settled before: as long as their alert goes on and still asks for it, and only where
 * their agent might start. Made from states, so that a run that died is made good by the next one. Nobody waits for it
 * as for a stop, so that the claim of another process is left alone until it is old.
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

/** Null for remedies that run nothing again. */
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
