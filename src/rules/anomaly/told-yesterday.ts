import type { Facts } from '../../core/facts.ts';
import type { Subject } from '../../core/subject.ts';
import { after, dayOf, HOUR, type Instant, MINUTE, startOf } from '../../core/time.ts';

/** If all goes well, a session is known this long after its end at the latest. */
const LAG = 5 * MINUTE;
/** And no session is believed to take longer than this. */
const LONGEST = 6 * HOUR;

/**
 * Whether somebody looked yesterday after all of a subject's sessions of that day were known. What was too much then was reported
 * then, and is no news today.
 */
export function wasSeenWhole(
  { ticks, sessions }: Pick<Facts, 'ticks' | 'sessions'>,
  subject: Subject,
  now: Instant,
): boolean {
  const midnight = startOf(dayOf(now));
  const looked = ticks.findLast(({ at }) => at < midnight)?.at ?? null;
  if (looked === null) return false;
  // Anything that began that long before was known by then, however long it took, so its end need not be computed.
  const earliest = after(looked, -LONGEST - LAG);
  return !sessions.some(
    ({ agent, at, duration }) =>
      at > earliest &&
      at < midnight &&
      (subject.kind === 'repository' || agent === subject.name) &&
      after(at, Math.min(duration ?? 0, LONGEST) + LAG) > looked,
  );
}
