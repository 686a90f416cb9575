import type { Alert } from '../core/alert.ts';
import type { InhibitRule, MaintenanceWindow, MatcherSilence, NoticeTerms } from '../core/notice-terms.ts';
import { after, DAY, type Instant, latest } from '../core/time.ts';
import { localTime, minutesOf, momentOf, weekdayName } from '../core/wall-clock.ts';
import { addDays } from '../core/zone.ts';
import { type Silences, silenceOn } from './calm.ts';
import { fits, labelsOf } from './match.ts';

/** Why no message about an alert is sent for now. The alert itself goes on. */
export type Mute =
  | { readonly kind: 'silenced'; readonly by: string; readonly until: Instant }
  | { readonly kind: 'maintenance'; readonly name: string; readonly until: Instant }
  /** `by` is the fingerprint of the alert that inhibits it. */
  | { readonly kind: 'inhibited'; readonly by: string };

/** What can mute an alert, besides what people said in comments. */
export type MuteTerms = Pick<NoticeTerms, 'inhibit' | 'silences' | 'maintenance'>;

/** Everything that muting depends on. */
export interface MuteInput extends Silences {
  /** Every alert that is kept, in any state. */
  readonly alerts: readonly Alert[];
  readonly terms: MuteTerms;
  readonly now: Instant;
}

/** Why no message about an alert is sent at this moment; null if one is. */
export function muteOf(alert: Alert, input: MuteInput): Mute | null {
  return silenced(alert, input) ?? inMaintenance(alert, input) ?? inhibited(alert, input);
}

function silenced(alert: Alert, { silences, matched = {}, terms, now }: MuteInput): Mute | null {
  const said = silenceOn(alert, { silences, matched }, now);
  if (said !== null) return { kind: 'silenced', by: said.by, until: said.until };
  const matching = terms.silences.filter((silence) => isInForce(silence, now) && fits(silence.match, alert));
  const last = matching.reduce<MatcherSilence | null>((a, b) => (a === null || b.until > a.until ? b : a), null);
  return last === null ? null : { kind: 'silenced', by: last.author, until: last.until };
}

function isInForce({ from, until }: MatcherSilence, now: Instant): boolean {
  return from <= now && now < until;
}

function inMaintenance(alert: Alert, { terms, now }: MuteInput): Mute | null {
  for (const window of terms.maintenance) {
    const until = fits(window.match, alert) ? endOfWindow(window, now) : null;
    if (until !== null) return { kind: 'maintenance', name: window.name, until };
  }
  return null;
}

/** The end of the window that a moment is in; null if it is in none. Yesterday's may last until today. */
export function endOfWindow(window: MaintenanceWindow, now: Instant): Instant | null {
  const today = localTime(now, window.zone).date;
  for (const date of [today, addDays(today, -1)]) {
    if (!window.days.includes(weekdayName(date))) continue;
    const { from, until } = spanOf(window, date);
    if (from <= now && now < until) return until;
  }
  return null;
}

function spanOf(window: MaintenanceWindow, date: string): { readonly from: Instant; readonly until: Instant } {
  const [begin, end] = [minutesOf(window.from), minutesOf(window.until)];
  const last = end > begin ? date : addDays(date, 1);
  return { from: momentOf(date, begin, window.zone), until: momentOf(last, end, window.zone) };
}

/**
 * Whether a more important alert inhibits this one. An alert that fits both sides of a rule is held back only by alerts that do
 * not, so that it can never mute itself, and no two can mute each other.
 */
function inhibited(alert: Alert, { alerts, terms }: MuteInput): Mute | null {
  for (const rule of terms.inhibit) {
    if (!fits(rule.target, alert)) continue;
    const isBoth = fits(rule.source, alert);
    const source = alerts.find((other) => isSource(other, alert, rule, isBoth));
    if (source !== undefined) return { kind: 'inhibited', by: source.fingerprint };
  }
  return null;
}

function isSource(other: Alert, alert: Alert, rule: InhibitRule, isBoth: boolean): boolean {
  if (other.state !== 'active' || other.fingerprint === alert.fingerprint || !fits(rule.source, other)) return false;
  if (isBoth && fits(rule.target, other)) return false;
  const [a, b] = [labelsOf(alert), labelsOf(other)];
  return rule.equal.every((label) => (a[label] ?? '') === (b[label] ?? ''));
}

/** When the last silence by labels, or window, that held back an alert since `since` ended; null if none did. */
export function quietEndedAt(alert: Alert, { terms, matched = {}, now }: MuteInput, since: Instant): Instant | null {
  const ends = [
    ...[...terms.silences, ...Object.values(matched)]
      .filter(({ match }) => fits(match, alert))
      .map(({ until }) => until),
    ...terms.maintenance.filter(({ match }) => fits(match, alert)).flatMap((window) => pastEnds(window, now)),
  ].filter((until) => until > since && until <= now);
  return ends.length === 0 ? null : ends.reduce(latest);
}

/** The ends of the last week's windows. */
function pastEnds(window: MaintenanceWindow, now: Instant): readonly Instant[] {
  const first = localTime(after(now, -8 * DAY), window.zone).date;
  const dates = Array.from({ length: 9 }, (_, i) => addDays(first, i));
  return dates.filter((date) => window.days.includes(weekdayName(date))).map((date) => spanOf(window, date).until);
}
