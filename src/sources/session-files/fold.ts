import type { LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import { sha256 } from '../../core/hash.ts';

/** Which sessions of files have been counted whose record holds no time. */
export interface FilesState {
  /** Short hashes of their ids, those counted last at the end. */
  readonly undated: readonly string[];
}

/** Some 200 kB of state, and years of work of one agent. */
const MOST_KEPT = 10_000;

/**
 * Remembers sessions without a time of their own. They stand in the ledger under the day on which they were read, so that the
 * ledger, which looks for an id in the day of its event, would take the same file for news on the next day.
 */
export const filesFold: Fold<FilesState> = {
  initial: { undated: [] },
  apply: (state, events) => {
    const marks = events.filter(isUndated).map(({ id }) => markOf(id));
    if (marks.length === 0) return state;
    const all = new Set(state.undated);
    for (const mark of marks) all.add(mark);
    return { undated: [...all].slice(-MOST_KEPT) };
  },
};

/** Tells of ids of sessions whether they have been counted before. */
export function countedBefore({ undated }: FilesState): (id: string) => boolean {
  const marks = new Set(undated);
  return (id) => marks.has(markOf(id));
}

function isUndated(event: LedgerEvent): boolean {
  if (event.kind !== 'session.recorded') return false;
  const { run, startedAt, endedAt } = event.data.session;
  return run === null && startedAt === null && endedAt === null;
}

function markOf(id: string): string {
  return sha256(id).slice(0, 16);
}
