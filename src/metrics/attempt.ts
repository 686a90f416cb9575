import type { EventOf } from '../core/event.ts';
import type { Instant } from '../core/time.ts';

/** Names one attempt of a run: `8123.1`. */
export function attemptKey(run: number, attempt: number): string {
  return `${run}.${attempt}`;
}

/**
 * When a session happened: its own start if that is between what the platform says about its run and the moment it was read, else
 * the event's time. The agent's job writes the record, so a start outside these bounds is not believed. It would move spend out of
 * the day it belongs to.
 */
export function sessionMoment(event: EventOf<'session.recorded'>): Instant {
  const own = event.data.session.startedAt;
  return own !== null && own >= event.at && own <= event.seen ? own : event.at;
}

/** The earlier of an event's two times. A clock that runs ahead on only one side does not count. */
export function witnessed(event: { readonly at: Instant; readonly seen: Instant }): Instant {
  return event.at < event.seen ? event.at : event.seen;
}
