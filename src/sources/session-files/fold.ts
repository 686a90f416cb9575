import type { LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import { sha256 } from '../../core/hash.ts';

/** Which sessions without a time have been counted. */
export interface FilesState {
  /** Short hashes of their ids, last counted at the end. */
  readonly undated: readonly string[];
}

/** About 200 kB of state, and years of work of one agent. */
const MOST_KEPT = 10_000;

/**
 * Remembers sessions without a time of their own. The ledger files them under the day on which they were read and looks for an id
 * only within the day of its event. Without this it would count the same file again the next day.
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

/** Whether a session id has been counted before. */
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
