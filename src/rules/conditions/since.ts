import type { Facts } from '../../core/facts.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import { factsAsOf, momentsOfChange, RETOLD_FOR } from '../../metrics/past.ts';

/** At most this many moments are checked, the newest first. */
const MOST_MOMENTS = 300;

/**
 * Since when a condition that holds now has held without a gap, according to the records. Checked at every moment at which one of
 * them began or ended. A moment without an answer neither counts as holding nor breaks the stretch. Looks back `wait` plus a day,
 * as far as the records go. A condition that held all that time has held at least since then.
 */
export function heldSince(
  facts: Facts,
  now: Instant,
  wait: Duration,
  answerAt: (past: { readonly facts: Facts; readonly at: Instant }) => boolean | null,
): Instant {
  const from = after(now, -Math.min(RETOLD_FOR, wait + DAY));
  const moments = momentsOfChange(facts, from, now).slice(-MOST_MOMENTS);
  let since = now;
  for (const at of [...moments].reverse()) {
    const answer = answerAt({ facts: factsAsOf(facts, at), at });
    if (answer === false) return since;
    if (answer === true) since = at;
  }
  return since;
}
