import type { PlannedResponse, ResponseKind } from '../core/response.ts';
import { after, HOUR, type Instant } from '../core/time.ts';
import type { IssuePlan } from './issue/plan.ts';
import type { ResponseLog } from './log.ts';
import type { RerunPlan } from './rerun/plan.ts';
import type { RollbackPlan } from './rollback/plan.ts';
import type { StopPlan } from './stop-plan/plan.ts';

/** The most outside writes per hour: a bug of ours must not become a flood. */
export const WRITES_PER_HOUR = 30;

/** What to do outside, and what is put off and why. Nothing gets lost, because the next run plans again. */
export interface ResponsePlan {
  readonly ready: readonly PlannedResponse[];
  /** Another process has just started on these. */
  readonly waiting: readonly PlannedResponse[];
  /** Responses beyond the hourly limit, and drafts left to another process or to the next run. */
  readonly held: readonly PlannedResponse[];
  /** Responses of kinds that this job does not apply, left to the job that does. */
  readonly elsewhere: readonly PlannedResponse[];
}

/** The limits of a plan. */
export interface PlanBounds {
  /**
   * The most issue writes per hour; `WRITES_PER_HOUR` by default. Stops have a daily limit, applied where they are planned.
   */
  readonly writesPerHour?: number;
  /** The kinds that this job applies. */
  readonly kinds: readonly ResponseKind[];
}

/**
 * Joins the plans of all kinds and holds back what exceeds the limits, least important first. Stops come first: what they
 * end costs by the minute.
 */
export function planResponses(
  plans: {
    readonly issue: IssuePlan;
    readonly stop: Pick<StopPlan, 'ready' | 'waiting'>;
    readonly rollback: RollbackPlan;
    readonly rerun: Pick<RerunPlan, 'ready' | 'held'>;
  },
  log: ResponseLog,
  now: Instant,
  { writesPerHour = WRITES_PER_HOUR, kinds }: PlanBounds,
): ResponsePlan {
  const { issue, stop, rollback, rerun } = plans;
  const written = log.writes.filter((write) => write > after(now, -HOUR)).length;
  const room = Math.max(0, writesPerHour - written - issue.waiting.length);
  const isOurs = ({ kind }: PlannedResponse): boolean => kinds.includes(kind);
  const ready = [...stop.ready, ...rerun.ready, ...issue.ready.slice(0, room), ...rollback.ready];
  return {
    ready: ready.filter(isOurs),
    waiting: [...stop.waiting, ...issue.waiting].filter(isOurs),
    held: [...issue.ready.slice(room), ...rerun.held, ...rollback.held].filter(isOurs),
    elsewhere: [
      ...stop.ready,
      ...stop.waiting,
      ...rerun.ready,
      ...issue.ready,
      ...issue.waiting,
      ...rollback.ready,
    ].filter((response) => !isOurs(response)),
  };
}
