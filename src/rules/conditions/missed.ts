import type { Facts } from '../../core/facts.ts';
import { after, between, DAY, type Duration, type Instant } from '../../core/time.ts';
import { factsAsOf, momentsOfChange, RETOLD_FOR } from '../../metrics/past.ts';

/** At most this many moments are checked, the newest first. */
const MOST_MOMENTS = 100;

/** A stretch of time in which a condition held and that was over before the next look. */
export interface Stretch {
  readonly since: Instant;
  /** The first moment at which it no longer held. */
  readonly until: Instant;
  /** The last moment at which a record shows that it held. */
  readonly last: Instant;
}

/**
 * The last time, according to the records, that a condition held for as long as its rule waits and was over again since the
 * previous look. Null if there was none, if nobody looked before, or if the records do not go back that far. A moment without an
 * answer neither counts as holding nor breaks the stretch.
 */
export function missedStretch(
  facts: Facts,
  now: Instant,
  wait: Duration,
  answerAt: (past: { readonly facts: Facts; readonly at: Instant }) => boolean | null,
): Stretch | null {
  const before = facts.ticks.findLast(({ at }) => at < now)?.at;
  if (before === undefined) return null;
  const oldest = after(now, -(RETOLD_FOR - DAY));
  const begin = after(before, -wait);
  const moments = momentsOfChange(facts, begin > oldest ? begin : oldest, now).slice(-MOST_MOMENTS);
  const seen: { open: Omit<Stretch, 'until'> | null; found: Stretch | null } = { open: null, found: null };
  for (const at of moments) {
    const answer = answerAt({ facts: factsAsOf(facts, at), at });
    if (answer === true) seen.open = { since: seen.open?.since ?? at, last: at };
    if (answer !== false || seen.open === null) continue;
    if (at > before && between(seen.open.since, at) >= wait) seen.found = { ...seen.open, until: at };
    seen.open = null;
  }
  return seen.found;
}
