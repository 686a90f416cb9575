import type { Alert, MatchedSilence } from '../core/alert.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { EventOf } from '../core/event.ts';
import type { Matchers } from '../core/notice-terms.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';
import { fits } from './match.ts';

/** By their matchers, see `matchersKey`. Ended ones are kept for a while, so that the first message after one can say so. */
export type MatchedSilences = Readonly<Record<string, MatchedSilence>>;

/** What people said about all alerts that match. */
export type MatchedWord = EventOf<'silence.matched' | 'silence.unmatched'>;

/** How long after its end one can still ask whether a silence has ended. */
const REMEMBERED: Duration = 30 * DAY;

/** The same text for the same matchers, in whichever order they were written. */
export function matchersKey(match: Matchers): string {
  return canonicalJson(match);
}

/** Matchers as people write them in a comment: `agent=nightly name=high_*`. */
export function matchersText(match: Matchers): string {
  return Object.entries(match)
    .map(([label, glob]) => `${label}=${glob}`)
    .sort()
    .join(' ');
}

/** The silences after a person said something. One that is ended early ended then. Depends only on the event, not on a clock. */
export function applyMatchedWord(silences: MatchedSilences, { kind, at, data }: MatchedWord): MatchedSilences {
  const kept = Object.fromEntries(Object.entries(silences).filter(([, { until }]) => until >= after(at, -REMEMBERED)));
  switch (kind) {
    case 'silence.matched':
      return { ...kept, [matchersKey(data.silence.match)]: data.silence };
    case 'silence.unmatched': {
      const key = matchersKey(data.match);
      const meant = kept[key];
      if (meant === undefined || meant.at !== data.setAt || meant.until <= at) return kept;
      return { ...kept, [key]: { ...meant, until: at } };
    }
    default:
      return kind satisfies never;
  }
}

/** Those in force at a moment. */
export function matchedInForce(silences: MatchedSilences, now: Instant): readonly MatchedSilence[] {
  return Object.values(silences).filter(({ until }) => until > now);
}

/** The silence in force for an alert at a moment, the one that ends last if there are several; null if there is none. */
export function matchedSilenceOf(
  silences: MatchedSilences,
  alert: Pick<Alert, 'name' | 'subject' | 'labels' | 'facts'>,
  now: Instant,
): MatchedSilence | null {
  const fitting = matchedInForce(silences, now).filter(({ match }) => fits(match, alert));
  return fitting.reduce<MatchedSilence | null>((a, b) => (a === null || b.until > a.until ? b : a), null);
}
