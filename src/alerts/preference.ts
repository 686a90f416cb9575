import type { Alert } from '../core/alert.ts';
import type { Preference } from '../core/notice-terms.ts';
import type { Instant } from '../core/time.ts';
import { fits } from './match.ts';
import type { Target } from './route.ts';

/**
 * How much of an alert a channel wants; the last preference that fits counts. Critical alerts are always sent. Somebody who wants
 * quiet from those sets a silence, which has an author and a reason.
 */
export function wishOf(
  alert: Alert,
  { channel, people }: Target,
  preferences: readonly Preference[],
  now: Instant,
): Preference['send'] {
  if (alert.facts.severity === 'critical') return 'all';
  const fitting = preferences.filter((wish) => {
    if (wish.until !== null && wish.until <= now) return false;
    return (wish.channel === null || wish.channel === channel) && concerns(wish, people) && fits(wish.match, alert);
  });
  return fitting.at(-1)?.send ?? 'all';
}

/** One person's preference counts only if the channel is theirs alone, because others on it still want the messages. */
function concerns({ person }: Preference, people: readonly string[]): boolean {
  return person === null || (people.length > 0 && people.every((one) => one === person));
}
