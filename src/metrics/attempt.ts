import type { EventOf } from '../core/event.ts';
import type { Instant } from '../core/time.ts';

/** Names one attempt of a run: `8123.1`. */
export function attemptKey(run: number, attempt: number): string {
  return `${run}.${attempt}`;
}

/**
 * When a session happened: its own start where that lies between what the platform says of its run and the moment it was
 * read, else the event's time. The record is written by the agent's job, so a start outside of these bounds is not believed:
 * it would move spend out of the day it belongs to.
 */
export function sessionMoment(event: EventOf<'session.recorded'>): Instant {
  const own = event.data.session.startedAt;
  return own !== null && own >= event.at && own <= event.seen ? own : event.at;
}

/** When the world had got as far as `event`: a clock that runs ahead on one side alone does not count. */
export function witnessed(event: { readonly at: Instant; readonly seen: Instant }): Instant {
  return event.at < event.seen ? event.at : event.seen;
}
