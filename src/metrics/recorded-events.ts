import type { LedgerEvent } from '../core/event.ts';
import type { EventMark } from '../core/facts.ts';
import type { Fold } from '../core/fold.ts';
import { labelsProblem, nameProblem } from '../core/label.ts';
import { HOUR, type Instant } from '../core/time.ts';
import { keepMarks } from './marks.ts';

/** What was recorded under a type of its own in the last days. */
export interface RecordedEvents {
  /** The moment reached by the newest of them. Retention is counted from here. */
  readonly newest: Instant | null;
  /** Oldest first. */
  readonly marks: readonly EventMark[];
}

const KEPT = { keptFor: 72 * HOUR, most: 500 };

/** Keeps the recorded events of the last 72 hours, at most the last 500. Their number is a measure (measured.ts). */
export const recordedEventsFold: Fold<RecordedEvents> = {
  initial: { newest: null, marks: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const recorded = events.flatMap((event) => (event.kind === 'event.recorded' ? [event] : []));
    if (recorded.length === 0) return state;
    const found = recorded.map(({ id, at, seen, data: { type, labels } }) => ({
      at,
      seen,
      mark: isRecordedEvent(type, labels) ? { id, type, labels, at } : null,
    }));
    return keepMarks(state, found, KEPT);
  },
};

/** Anybody who can append to the ledger may have written anything. */
export function isRecordedEvent(type: unknown, labels: unknown): boolean {
  if (typeof type !== 'string' || nameProblem(type, 'event') !== null) return false;
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return false;
  const values: readonly unknown[] = Object.values(labels);
  return values.every((value) => typeof value === 'string') && labelsProblem(labels as EventMark['labels']) === null;
}
