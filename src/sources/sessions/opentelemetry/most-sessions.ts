import type { Instant } from '../../../core/time.ts';
import type { SessionTelemetry } from './by-session.ts';

/** At most this many sessions are read from one file. */
export const MAX_SESSIONS = 100;

/**
 * The sessions that are read from a file. A collector may keep one over many runs, and those of earlier runs must not push out the
 * present ones: of too many, those that are current are read first, then the others in their order.
 */
export function sessionsToRead<T>(sessions: readonly T[], isCurrent: (session: T) => boolean): readonly T[] {
  if (sessions.length <= MAX_SESSIONS) return sessions;
  const current = sessions.filter(isCurrent);
  const others = sessions.filter((session) => !isCurrent(session));
  return [...current, ...others].slice(0, MAX_SESSIONS);
}

/** Whether something of a session may have been sent since then. Null means that nothing is known of the run. */
export function wasSentSince(since: Instant | null): (telemetry: SessionTelemetry) => boolean {
  return ({ events, points }) =>
    [events, points].some((sent) => sent.some(({ at }) => since === null || at === null || at >= since));
}
