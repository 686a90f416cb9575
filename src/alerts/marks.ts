import type { FalsePositive } from '../core/alert.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import type { Fold } from '../core/fold.ts';
import { formatMoment } from '../core/quantity.ts';
import type { Duration, Instant } from '../core/time.ts';
import { fingerprint } from './identity.ts';

/** What people marked as false positives. */
export interface MarksState {
  /** By fingerprint of the alert. `markOf` says whether one is still in force. */
  readonly marks: Readonly<Record<string, FalsePositive>>;
}

/** How much more a marked rule asks for. */
export interface MarkTerms {
  /** How long a mark holds. */
  readonly lasts: Duration;
  /** The required excess is multiplied by this with each mark. */
  readonly step: number;
  /** More marks than this raise it no further. */
  readonly most_steps: number;
}

type Marking = EventOf<'alert.marked' | 'alert.unmarked'>;

/** Keeps the marks that nobody has withdrawn. */
export const marksFold: Fold<MarksState> = {
  initial: { marks: {} },
  apply(state, events: readonly LedgerEvent[]) {
    const said = events.filter(
      (event): event is Marking => event.kind === 'alert.marked' || event.kind === 'alert.unmarked',
    );
    if (said.length === 0) return state;
    const marks: Record<string, FalsePositive> = { ...state.marks };
    for (const event of said) {
      if (event.kind === 'alert.marked') marks[event.data.mark.fingerprint] = event.data.mark;
      else if (marks[event.data.fingerprint]?.at === event.data.setAt) delete marks[event.data.fingerprint];
    }
    return { marks };
  },
};

/** The mark in force for an alert; null if there is none or it has expired. */
export function markOf({ marks }: MarksState, id: string, now: Instant): FalsePositive | null {
  const mark = Object.hasOwn(marks, id) ? marks[id] : undefined;
  return mark === undefined || mark.until <= now ? null : mark;
}

/** All marks in force, by fingerprint. */
export function marksInForce({ marks }: MarksState, now: Instant): Readonly<Record<string, FalsePositive>> {
  return Object.fromEntries(Object.entries(marks).filter(([, { until }]) => until > now));
}

/** The expired marks, as the events that end them. */
export function marksOver({ marks }: MarksState, now: Instant): readonly EventOf<'alert.unmarked'>['data'][] {
  return Object.values(marks)
    .filter(({ until }) => until <= now)
    .map(({ fingerprint: id, at }) => ({ fingerprint: id, setAt: at, because: 'time_is_up' }));
}

/** How many times the line a marked finding must reach before it counts. */
export function askedFactor({ steps }: Pick<FalsePositive, 'steps'>, { step, most_steps }: MarkTerms): number {
  return step ** Math.min(steps, most_steps);
}

/** These count what happened and guess nothing, so no mark may quiet what is critical about them. */
const FIRM: ReadonlySet<string> = new Set(['budget', 'violation', 'blind', 'late', 'drill']);

/**
 * The findings after applying people's marks. A marked finding counts only if its value is that many times farther beyond its line
 * than the line alone. If value and line give no ratio, only what is critical counts. A finding that does not count is `ok`, and
 * says whose word that is and until when.
 */
export function heedMarks(
  findings: readonly Finding[],
  marks: MarksState,
  { repo, now, terms }: { readonly repo: string; readonly now: Instant; readonly terms: MarkTerms },
): readonly Finding[] {
  if (Object.keys(marks.marks).length === 0) return findings;
  return findings.map((finding) => {
    const mark = finding.outcome === 'violated' ? markOf(marks, fingerprint(repo, finding), now) : null;
    return mark === null || finding.outcome !== 'violated' ? finding : heed(finding, mark, terms);
  });
}

type Violated = Extract<Finding, { outcome: 'violated' }>;

function heed(finding: Violated, mark: FalsePositive, terms: MarkTerms): Finding {
  const factor = askedFactor(mark, terms);
  const said = `${mark.by} marked this as a false positive: until ${formatMoment(mark.until)} ${Math.round(factor * 100) / 100} times as much is asked for`;
  const reason = `${finding.reason} ${said}.`;
  if (counts(finding, factor)) return { ...finding, reason };
  const { rule, subject, labels, value, limit, unit } = finding;
  return { rule, subject, labels, value, limit, unit, outcome: 'ok', reason };
}

function counts({ rule, severity, value, limit }: Violated, factor: number): boolean {
  if (FIRM.has(rule) && severity === 'critical') return true;
  if (value === null || limit === null || !(value >= 0) || !(limit >= 0)) return severity === 'critical';
  const [far, near] = value >= limit ? [value, limit] : [limit, value];
  return far > 0 && far >= near * factor;
}
