import type { PlannedResponse, ResponseKind } from '../core/response.ts';
import { after, HOUR, type Instant } from '../core/time.ts';
import type { IssuePlan } from './issue/plan.ts';
import type { ResponseLog } from './log.ts';
import type { RerunPlan } from './rerun/plan.ts';
import type { RollbackPlan } from './rollback/plan.ts';
import type { StopPlan } from './stop-plan/plan.ts';

/** The most that is written outside in an hour: a fault of ours must not become a flood. */
export const WRITES_PER_HOUR = 30;

/** What is to be done outside, and what is not done now and why. Nothing in it is lost: the next run plans again. */
export interface ResponsePlan {
  readonly ready: readonly PlannedResponse[];
  /** Somebody else has just begun with these. */
  readonly waiting: readonly PlannedResponse[];
  /** More than may be written in an hour, and drafts that are left to another process or to the next run. */
  readonly held: readonly PlannedResponse[];
  /** Of kinds that this job does not apply: left to the job that may. */
  readonly elsewhere: readonly PlannedResponse[];
}

/** What bounds a plan. */
export interface PlanBounds {
  /** The most issue writes in an hour; `WRITES_PER_HOUR` when left out. A stop is bounded by the day, where it is planned. */
  readonly writesPerHour?: number;
  /** The kinds that this job applies. */
  readonly kinds: readonly ResponseKind[];
}

/**
 * Joins the plans of all kinds and holds back what exceeds the bounds, least important last in line. Stops come first: what they
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
