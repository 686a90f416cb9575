import type { PlannedResponse } from '../core/response.ts';
import { after, HOUR, type Instant } from '../core/time.ts';
import type { IssuePlan } from './issue/plan.ts';
import type { ResponseLog } from './log.ts';

/** The most that is written outside in an hour: a fault of ours must not become a flood. */
export const WRITES_PER_HOUR = 30;

/** What is to be done outside, and what is not done now and why. Nothing in it is lost: the next run plans again. */
export interface ResponsePlan {
  readonly ready: readonly PlannedResponse[];
  /** Somebody else has just begun with these. */
  readonly waiting: readonly PlannedResponse[];
  /** More than may be written in an hour. */
  readonly held: readonly PlannedResponse[];
}

/** Joins the plans of all kinds and holds back what exceeds `writesPerHour`, least important last in line. */
export function planResponses(
  plans: { readonly issue: IssuePlan },
  log: ResponseLog,
  now: Instant,
  writesPerHour: number = WRITES_PER_HOUR,
): ResponsePlan {
  const { ready, waiting } = plans.issue;
  const written = log.writes.filter((write) => write > after(now, -HOUR)).length;
  const room = Math.max(0, writesPerHour - written - waiting.length);
  return { ready: ready.slice(0, room), waiting, held: ready.slice(room) };
}
