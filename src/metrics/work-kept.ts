import { WORK_KEPT } from '../core/budget.ts';
import { DAY, type Duration, dayOf, fromMs, type Instant, toMs } from '../core/time.ts';
import type { ByDay } from './day-table.ts';
import type { WorkState } from './work-state.ts';

/** Four weeks before a change and four after it are compared session by session. */
const SESSIONS_KEPT: Duration = 60 * DAY;

/** The first days for which runs and sessions are kept; empty before anything was seen. */
export function oldestKept(newest: Instant | null): { readonly run: string; readonly session: string } {
  const first = (kept: Duration): string => (newest === null ? '' : dayOf(fromMs(toMs(newest) - kept)));
  return { run: first(WORK_KEPT), session: first(SESSIONS_KEPT) };
}

/** What budgets and the causal graph use: sessions no older than the runs that are kept. */
export function lately({ newest, runs, sessions, absent }: WorkState): Pick<WorkState, 'runs' | 'sessions' | 'absent'> {
  const { run } = oldestKept(newest);
  return { runs, sessions: since(sessions, run), absent: since(absent, run) };
}

function since<Entry>(days: ByDay<Entry>, oldest: string): ByDay<Entry> {
  return Object.fromEntries(Object.entries(days).filter(([day]) => day >= oldest));
}
