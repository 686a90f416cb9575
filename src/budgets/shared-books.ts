import { type BudgetFacts, type LeaseMark, WORK_KEPT } from '../core/budget.ts';
import { canonicalJson } from '../core/canonical.ts';
import {
  type HeldRow,
  SHARED_UNITS,
  type SharedAmounts,
  type SharedBooks,
  type SharedUnit,
  type UseRow,
} from '../core/owner-use.ts';
import { after, dayOf, fromMs, type Instant, MINUTE, toMs } from '../core/time.ts';
import { attemptKey } from '../metrics/attempt.ts';
import { type BudgetBook, budgetFacts } from '../metrics/budget-book.ts';
import { recordsOf } from './count.ts';
import { attemptOf, type Held, heldAt, reservedAmount, settledAmount } from './held.ts';
import { guesser } from './usual.ts';
import type { WorkRecord } from './work-record.ts';

const QUARTER = 15 * MINUTE;

/**
 * What a repository shares with the others of its owner: what has changed in its books, or everything if there was nothing before.
 * It counts as the repository's budgets do, at the moment of its newest event.
 */
export function sharedBooks(before: BudgetBook | null, now: BudgetBook): SharedBooks {
  if (before === now) return { days: [], held: null };
  const newest = newestOf(now);
  const marks = [before === null ? new Map<string, string>() : marksOf(before), marksOf(now)] as const;
  const changed = new Set(
    [...marks[0].keys(), ...marks[1].keys()].filter((day) => marks[0].get(day) !== marks[1].get(day)),
  );
  if (changed.size === 0 || newest === null) return { days: [], held: null };
  const facts = budgetFacts(now, newest);
  const rows = useRows(facts, changed, newest);
  const days = [...changed].sort().map((day) => ({ day, rows: rows.filter(({ at }) => dayOf(at) === day) }));
  return { days, held: heldRows(facts, newest) };
}

function newestOf({ work, newest }: BudgetBook): Instant | null {
  if (work.newest === null || newest === null) return work.newest ?? newest;
  return work.newest > newest ? work.newest : newest;
}

/** By UTC day, everything its rows are made from. */
function marksOf({ work, leases }: BudgetBook): ReadonlyMap<string, string> {
  const byDay = new Map<string, unknown[]>();
  const put = (day: string, what: unknown): void => {
    byDay.set(day, [...(byDay.get(day) ?? []), what]);
  };
  for (const table of [work.runs, work.sessions, work.absent]) {
    for (const [day, entries] of Object.entries(table)) put(day, entries);
  }
  for (const lease of Object.values(leases)) put(dayOf(lease.at), lease);
  return new Map([...byDay].map(([day, parts]) => [day, canonicalJson(parts)]));
}

type Draft = Record<'known' | 'pieces' | 'assumed' | 'guessed' | 'uncounted', Record<SharedUnit, number>>;

function useRows(facts: BudgetFacts, days: ReadonlySet<string>, now: Instant): readonly UseRow[] {
  const rows = new Map<string, Draft & Pick<UseRow, 'at' | 'agent'>>();
  const held = heldAt(facts, now);
  const isShared = ({ at }: { readonly at: Instant }): boolean => days.has(dayOf(at));
  const some = { ...facts, sessions: facts.sessions.filter(isShared), attempts: facts.attempts.filter(isShared) };
  const span = { from: after(now, -2 * WORK_KEPT), to: after(now, WORK_KEPT) };
  for (const unit of SHARED_UNITS) {
    const guess = guesser(facts, unit, now);
    for (const record of recordsOf({ facts: some, unit, span, now })) {
      const at = fromMs(toMs(record.at) - (toMs(record.at) % QUARTER));
      const key = `${at} ${record.agent}`;
      const row = rows.get(key) ?? { at, agent: record.agent, ...emptyDraft() };
      rows.set(key, row);
      addRecord(row, unit, record, { guess, held });
    }
  }
  return [...rows.values()].sort((a, b) => (a.at < b.at || (a.at === b.at && a.agent < b.agent) ? -1 : 1));
}

function addRecord(
  row: Draft,
  unit: SharedUnit,
  { value, key, agent }: WorkRecord,
  { guess, held }: { readonly guess: (agent: string) => number | null; readonly held: Held },
): void {
  if (value !== null) {
    row.known[unit] += value;
    row.pieces[unit]++;
    return;
  }
  // What its lease holds, or was reported when it was settled, is a separate row.
  const spoken = (held.byAttempt.get(key ?? '') ?? []).some(
    (lease) => held.isOpen(lease) || settledAmount(lease, unit) !== null,
  );
  if (spoken) return;
  const guessed = guess(agent);
  row.assumed[unit] += guessed ?? 0;
  if (guessed === null) row.uncounted[unit]++;
  else row.guessed[unit]++;
}

function emptyDraft(): Draft {
  const none = (): Record<SharedUnit, number> => ({ usd: 0, tokens: 0, minutes: 0, runs: 0 });
  return { known: none(), pieces: none(), assumed: none(), guessed: none(), uncounted: none() };
}

/** What leases hold: the reserved amount of open ones, and for settled ones what is not on record yet. */
function heldRows(facts: BudgetFacts, now: Instant): readonly HeldRow[] {
  const held = heldAt(facts, now);
  const recorded = recordedBy(facts, now);
  return facts.leases.flatMap((lease): readonly HeldRow[] => {
    const open = held.isOpen(lease);
    const amounts = amountsOf((unit) => beyond(recorded, lease, unit, open));
    const { id, at, until } = lease;
    if (!open && SHARED_UNITS.every((unit) => amounts[unit] === 0)) return [];
    return [{ lease: id, at, until: open ? until : null, amounts }];
  });
}

/** By unit, attempt and agent, what is on record and not assigned to a lease yet. */
type Recorded = Map<string, number>;

/** What a lease holds beyond the record that is assigned to it, because several leases of one attempt share one record. */
function beyond(recorded: Recorded, lease: LeaseMark, unit: SharedUnit, open: boolean): number {
  const said = open ? reservedAmount(lease, unit) : (settledAmount(lease, unit) ?? 0);
  // Sessions add up, and what an open lease reserves counts in addition.
  if (open && !isPerAttempt(unit)) return said;
  const place = placeOf(unit, attemptOf(lease), lease.agent);
  const there = recorded.get(place) ?? 0;
  recorded.set(place, isPerAttempt(unit) ? Math.max(there, said) : Math.max(0, there - said));
  return Math.max(0, said - there);
}

function recordedBy(facts: BudgetFacts, now: Instant): Recorded {
  const span = { from: after(now, -2 * WORK_KEPT), to: after(now, WORK_KEPT) };
  const leased = new Set(facts.leases.map(attemptOf));
  const attempts = facts.attempts.filter(({ key }) => leased.has(key));
  const sessions = facts.sessions.filter(
    ({ run, attempt }) => run !== null && leased.has(attemptKey(run, attempt ?? 1)),
  );
  const sums: Recorded = new Map();
  for (const unit of SHARED_UNITS) {
    for (const { key, agent, value } of recordsOf({ facts: { ...facts, attempts, sessions }, unit, span, now })) {
      const place = placeOf(unit, key ?? '', agent);
      sums.set(place, (sums.get(place) ?? 0) + (value ?? 0));
    }
  }
  return sums;
}

/** The minutes of an attempt count once, whichever agents work in it; each session belongs to one agent. */
function placeOf(unit: SharedUnit, attempt: string, agent: string): string {
  return `${unit} ${attempt} ${isPerAttempt(unit) ? '' : agent}`;
}

function isPerAttempt(unit: SharedUnit): boolean {
  return unit === 'minutes' || unit === 'runs';
}

function amountsOf(amount: (unit: SharedUnit) => number): SharedAmounts {
  return { usd: amount('usd'), tokens: amount('tokens'), minutes: amount('minutes'), runs: amount('runs') };
}
