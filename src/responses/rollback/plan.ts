import type { ImprovementCase } from '../../core/improvement.ts';
import type { RollbackResponse } from '../../core/response.ts';
import { after, between, DAY, type Duration, type Instant } from '../../core/time.ts';
import { CLAIM_LASTS, type ClaimTerms } from '../issue/plan.ts';
import type { ResponseLog } from '../log.ts';

/** How long to wait before retrying what could not be made. */
const PATIENCE: Duration = DAY;
/** A bug of ours must not become a flood. */
const MOST_AT_ONCE = 2;

/** Everything that planning may know. */
export interface RollbackPlanInput {
  readonly cases: readonly ImprovementCase[];
  readonly log: Pick<ResponseLog, 'claims'>;
  readonly now: Instant;
  /** Our own process, to tell our claims from others'. */
  readonly by: string;
  readonly claims: Pick<ClaimTerms, 'clock'>;
}

export interface RollbackPlan {
  readonly ready: readonly RollbackResponse[];
  /** Another process has started on these, or this run has no room for them. */
  readonly held: readonly RollbackResponse[];
}

/**
 * Which changes to take back with a draft: those found to have made something worse, unless that was done, decided against,
 * or recently failed. A draft is less urgent than a stop, so another process's claim is left alone until it is old.
 */
export function planRollbacks(input: RollbackPlanInput): RollbackPlan {
  const due = input.cases.filter((one) => isDue(one, input.now)).map(responseTo);
  const free = due.filter(({ key }) => !isClaimedByOther(key, input));
  const ready = free.slice(0, MOST_AT_ONCE);
  return { ready, held: due.filter((one) => !ready.includes(one)) };
}

function isDue({ stage, rollback, keptBy, refusedRollback }: ImprovementCase, now: Instant): boolean {
  if (stage !== 'worse' || rollback !== null || keptBy !== null) return false;
  return refusedRollback === null || after(refusedRollback.at, PATIENCE) <= now;
}

function isClaimedByOther(key: string, { log, by, claims }: RollbackPlanInput): boolean {
  const claim = log.claims[key];
  return claim !== undefined && claim.by !== by && Math.abs(between(claim.at, claims.clock)) < CLAIM_LASTS;
}

function responseTo({ pull, judgements }: ImprovementCase): RollbackResponse {
  const judgement = judgements.at(-1) ?? null;
  const look = judgement?.look ?? 1;
  return {
    kind: 'rollback',
    act: 'draft',
    key: `rollback:${pull}@${look}`,
    because: `pull request ${pull} made something worse, and the configuration asks for a draft that takes it back`,
    // Rollbacks are about a change, not about an alert.
    fingerprint: `rollback:${pull}`,
    episode: look,
    pull,
    judgement,
  };
}
