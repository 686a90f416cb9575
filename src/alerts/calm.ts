import type { Acknowledgement, Alert, Silence } from '../core/alert.ts';
import type { EventOf } from '../core/event.ts';
import { DAY, type Duration, type Instant } from '../core/time.ts';
import { type MatchedSilences, matchedSilenceOf } from './matched-silence.ts';

/** How long a silence lasts if no time is given. */
export const SILENCE_LASTS: Duration = DAY;

/** What people said about alerts, and the end of that. */
export type Word = EventOf<'alert.acknowledged' | 'alert.unacknowledged' | 'silence.set' | 'silence.ended'>;

interface CalmDraft {
  readonly alerts: Record<string, Alert>;
  readonly silences: Record<string, Silence>;
}

/**
 * Writes into `draft` what a person said. Words about an episode other than the current one, or about an ended one, change nothing.
 */
export function applyWord({ alerts, silences }: CalmDraft, word: Word): void {
  switch (word.kind) {
    case 'alert.acknowledged':
    case 'alert.unacknowledged': {
      const { fingerprint, episode } = word.data;
      const alert = alerts[fingerprint];
      if (alert === undefined || alert.state !== 'active' || alert.episode !== episode) return;
      const acknowledged = word.kind === 'alert.acknowledged' ? word.data.acknowledgement : null;
      alerts[fingerprint] = { ...alert, acknowledged };
      return;
    }
    case 'silence.set':
      silences[word.data.silence.fingerprint] = word.data.silence;
      return;
    case 'silence.ended':
      if (silences[word.data.fingerprint]?.at === word.data.setAt) delete silences[word.data.fingerprint];
      return;
    default:
      word satisfies never;
  }
}

/** The acknowledgement in force; null if there is none or it has expired. */
export function acknowledgementOf({ acknowledged }: Alert, now: Instant): Acknowledgement | null {
  if (acknowledged === null) return null;
  return acknowledged.until === null || acknowledged.until > now ? acknowledged : null;
}

/** What is known about silences. */
export interface Silences {
  readonly silences: Readonly<Record<string, Silence>>;
  /** Left out if none was ever set. */
  readonly matched?: MatchedSilences;
}

/** The silence in force for an alert, either its own or by matchers; null if there is none. */
export function silenceOn(alert: Alert, known: Silences, now: Instant): Silence | null {
  const { fingerprint } = alert;
  const own = silenceOf(known, fingerprint, now);
  if (own !== null) return own;
  const matched = matchedSilenceOf(known.matched ?? {}, alert, now);
  if (matched === null) return null;
  const { by, at, until, reason } = matched;
  return { fingerprint, by, at, until, reason };
}

/** The silence in force for this alert alone; null if there is none or it has expired. */
export function silenceOf({ silences }: Silences, fingerprint: string, now: Instant): Silence | null {
  const silence = silences[fingerprint];
  return silence === undefined || silence.until <= now ? null : silence;
}

/** All silences in force for alerts, by fingerprint. Those by matchers are listed for each alert that they cover. */
export function silencesInForce(
  known: Silences & { readonly alerts: Readonly<Record<string, Alert>> },
  now: Instant,
): Readonly<Record<string, Silence>> {
  const own = Object.entries(known.silences).filter(([, { until }]) => until > now);
  const held = Object.values(known.alerts).flatMap((alert) => {
    const silence = silenceOn(alert, known, now);
    return silence === null ? [] : [[alert.fingerprint, silence] as const];
  });
  return Object.fromEntries([...own, ...held]);
}

/** The events that end what was said for a limited time. */
export interface TimeIsUp {
  readonly acknowledged: readonly EventOf<'alert.unacknowledged'>['data'][];
  readonly silences: readonly EventOf<'silence.ended'>['data'][];
}

/** What ends by itself at `now`. Pure. Written to the ledger once, so that what people read changes only with news. */
export function timeIsUp(
  { alerts, silences }: Silences & { readonly alerts: Readonly<Record<string, Alert>> },
  now: Instant,
): TimeIsUp {
  const over = Object.values(alerts).filter(
    (alert) => alert.acknowledged !== null && acknowledgementOf(alert, now) === null,
  );
  return {
    acknowledged: over.map(({ fingerprint, episode }) => ({ fingerprint, episode, because: 'time_is_up' })),
    silences: Object.values(silences)
      .filter(({ until }) => until <= now)
      .map(({ fingerprint, at }) => ({ fingerprint, setAt: at, because: 'time_is_up' })),
  };
}
