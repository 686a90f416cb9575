import type { Errand } from '../core/budget.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Decision } from '../core/guard.ts';
import { errandKey, type GuardRecord } from '../core/guard-record.ts';
import { after, DAY, type Instant } from '../core/time.ts';
import { witnessed } from './attempt.ts';

/** What the guard of one job said before its agent began and after it ended. */
export interface GuardJob {
  readonly errand: Errand;
  readonly at: Instant;
  /** Null if the ledger has none and only the record arrived. */
  readonly decided: null | { readonly at: Instant; readonly decision: Decision; readonly lease: string | null };
  /** Null if the job has not ended or left none. */
  readonly record: GuardRecord | null;
}

/** The jobs with a guard that nobody has checked yet. */
export interface GuardJobsState {
  readonly newest: Instant | null;
  /** By errand. */
  readonly jobs: Readonly<Record<string, GuardJob>>;
  /** The last places at which the ledger turned out to differ from what was written, and when that was found. */
  readonly damages: readonly { readonly at: Instant; readonly path: string }[];
}

/** A job whose run this repository does not list as an agent's is never checked, so it is forgotten after this time. */
const KEPT = 14 * DAY;
const DAMAGES_KEPT = 20;

type GuardEvent = EventOf<'guard.decided' | 'guard.ended' | 'guard.checked' | 'ledger.damaged'>;

interface Draft {
  readonly jobs: Record<string, GuardJob>;
  readonly damages: { readonly at: Instant; readonly path: string }[];
}

/** Remembers what guards said until it is compared with what GitHub says. */
export const guardJobsFold: Fold<GuardJobsState> = {
  initial: { newest: null, jobs: {}, damages: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const relevant = events.filter(isOfGuard);
    if (relevant.length === 0) return state;
    let newest = state.newest ?? '';
    const draft: Draft = { jobs: { ...state.jobs }, damages: [...state.damages] };
    for (const event of relevant) {
      const moment = witnessed(event);
      if (moment > newest) newest = moment;
      take(draft, event);
    }
    const oldest = after(newest, -KEPT);
    for (const [key, { at }] of Object.entries(draft.jobs)) if (at < oldest) delete draft.jobs[key];
    return { newest, jobs: draft.jobs, damages: draft.damages.slice(-DAMAGES_KEPT) };
  },
};

function isOfGuard(event: LedgerEvent): event is GuardEvent {
  switch (event.kind) {
    case 'guard.decided':
    case 'guard.ended':
    case 'guard.checked':
    case 'ledger.damaged':
      return true;
    default:
      return false;
  }
}

function take({ jobs, damages }: Draft, event: GuardEvent): void {
  switch (event.kind) {
    case 'guard.decided': {
      const { errand, decision, lease } = event.data.admission;
      const key = errandKey(errand);
      const before: GuardJob = jobs[key] ?? { errand, at: event.at, decided: null, record: null };
      jobs[key] = { ...before, decided: { at: event.at, decision, lease } };
      return;
    }
    case 'guard.ended': {
      const { record } = event.data;
      const key = errandKey(record.errand);
      const before: GuardJob = jobs[key] ?? { errand: record.errand, at: event.at, decided: null, record: null };
      // The first record stands. Whatever comes later is compared with it.
      jobs[key] = { ...before, record: before.record ?? record };
      return;
    }
    case 'guard.checked':
      delete jobs[event.data.check.errand];
      return;
    case 'ledger.damaged':
      damages.push({ at: event.at, path: event.data.path });
      return;
    default:
      event satisfies never;
  }
}

/** The unchecked jobs of one attempt of a run. */
export function guardJobsOf({ jobs }: GuardJobsState, run: number, attempt: number): readonly GuardJob[] {
  return Object.values(jobs).filter(({ errand }) => errand.run === run && errand.attempt === attempt);
}
