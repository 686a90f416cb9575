import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Session, SessionOutcome } from '../core/session.ts';
import { agentSubject, subjectKey } from '../core/subject.ts';
import { after, DAY, type Duration, dayOf, hourOf, type Instant } from '../core/time.ts';
import { attemptKey, sessionMoment, witnessed } from './attempt.ts';
import { type Draft, draftOf } from './draft.ts';
import { AMOUNTS, amountsOf, type Counter, count, counterOf, forgetUnknown, observe, type Row } from './row.ts';

/** Rows by subject and by bucket (`2026-11-21T09` or `2026-11-21`). The repository is the sum of its subjects. */
export type RowTable = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** What is already counted of one attempt of a run, so that learning more of it corrects the numbers and doubles nothing. */
interface CountedAttempt {
  /** The hour it is filed under. */
  readonly hour: string;
  readonly run: 'unseen' | 'started' | 'completed';
  /** `null` = nothing was told of its sessions yet; an absence is replaced when a record turns up after all. */
  readonly told:
    | null
    | 'recorded'
    | { readonly agent: string; readonly hour: string; readonly outcome: SessionOutcome };
}

/** Mergeable aggregates of what happened, by hour (14 days) and by day (400 days). */
export interface Rollups {
  /** How far the world had got by the newest event; what is kept is counted from here. */
  readonly newest: Instant | null;
  readonly hours: RowTable;
  readonly days: RowTable;
  readonly attempts: Readonly<Record<string, CountedAttempt>>;
}

/** The subject of sessions that belong to no agent. */
const UNBOUND = 'unbound';

const HOURS_KEPT: Duration = 14 * DAY;
const DAYS_KEPT: Duration = 400 * DAY;
const ATTEMPTS_KEPT: Duration = 35 * DAY;

/** Keeps hourly and daily sums of runs and sessions. */
export const rollupFold: Fold<Rollups> = {
  initial: { newest: null, hours: {}, days: {}, attempts: {} },
  apply(state: Rollups, events: readonly LedgerEvent[]): Rollups {
    const relevant = events.filter(isCounted);
    if (relevant.length === 0) return state;
    const books: Books = { draft: draftOf(state), oldestAttempt: '' };
    for (const event of relevant) {
      advance(books, witnessed(event));
      countEvent(books, event);
    }
    prune(books);
    return books.draft;
  },
};

type CountedEvent = EventOf<'run.started' | 'run.completed' | 'session.recorded' | 'session.absent'>;

interface Books {
  readonly draft: Draft<Rollups>;
  /** The first hour whose attempts are still remembered, as seen from the newest event. */
  oldestAttempt: string;
}

function isCounted(event: LedgerEvent): event is CountedEvent {
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
    case 'session.recorded':
    case 'session.absent':
      return true;
    default:
      return false;
  }
}

function advance(books: Books, moment: Instant): void {
  const { draft } = books;
  if (draft.newest === null || moment > draft.newest) draft.newest = moment;
  else if (books.oldestAttempt !== '') return;
  books.oldestAttempt = hourOf(after(draft.newest, -ATTEMPTS_KEPT));
}

function countEvent(books: Books, event: CountedEvent): void {
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
      countRun(books, event);
      return;
    case 'session.recorded':
      countSession(books, event);
      return;
    case 'session.absent':
      countAbsence(books, event);
      return;
    default:
      event satisfies never;
  }
}

function countRun(books: Books, event: EventOf<'run.started' | 'run.completed'>): void {
  const { run } = event.data;
  const key = attemptKey(run.id, run.attempt);
  const hour = hourOf(run.startedAt);
  const known = attemptOf(books, key) ?? { hour, run: 'unseen', told: null };
  const counters: Counter[] = known.run === 'unseen' ? ['runs.started'] : [];
  if (event.kind === 'run.completed' && known.run !== 'completed') {
    const ending = counterOf(run.conclusion);
    counters.push('runs.completed', ...(ending === null ? [] : [ending]));
  }
  const stage = event.kind === 'run.completed' || known.run === 'completed' ? 'completed' : 'started';
  books.draft.attempts[key] = { ...known, run: stage };
  for (const row of rowsOf(books, agentKey(run.agent), hour)) for (const counter of counters) count(row, counter, 1);
}

function countSession(books: Books, event: EventOf<'session.recorded'>): void {
  const { session } = event.data;
  const hour = hourOf(sessionMoment(event));
  rememberRecord(books, session, hour);
  const amounts = amountsOf(session);
  const cutOff = session.cost.basis === 'estimated' || session.state.cost === 'lower_bound';
  for (const row of rowsOf(books, session.agent === null ? UNBOUND : agentKey(session.agent), hour)) {
    count(row, session.outcome, 1);
    if (cutOff) count(row, 'estimated', 1);
    for (const amount of AMOUNTS) observe(row, amount, amounts[amount]);
  }
}

function rememberRecord(books: Books, { run, attempt }: Session, hour: string): void {
  if (run === null || attempt === null) return;
  const key = attemptKey(run, attempt);
  const known = attemptOf(books, key) ?? { hour, run: 'unseen', told: null };
  if (known.told !== null && known.told !== 'recorded') uncountAbsence(books, known.told);
  books.draft.attempts[key] = { ...known, told: 'recorded' };
}

function countAbsence(books: Books, event: EventOf<'session.absent'>): void {
  const { run, attempt, agent, outcome, reason } = event.data;
  if (reason === 'skipped') return;
  const hour = hourOf(event.at);
  const key = attemptKey(run, attempt);
  const known = attemptOf(books, key) ?? { hour, run: 'unseen', told: null };
  if (known.told !== null) return;
  books.draft.attempts[key] = { ...known, told: { agent, hour, outcome } };
  for (const row of rowsOf(books, agentKey(agent), hour)) {
    count(row, outcome, 1);
    for (const amount of AMOUNTS) observe(row, amount, null);
  }
}

function uncountAbsence(books: Books, absence: { agent: string; hour: string; outcome: SessionOutcome }): void {
  for (const row of rowsOf(books, agentKey(absence.agent), absence.hour)) {
    count(row, absence.outcome, -1);
    for (const amount of AMOUNTS) forgetUnknown(row, amount);
  }
}

function attemptOf(books: Books, key: string): CountedAttempt | undefined {
  const known = books.draft.attempts[key];
  return known !== undefined && known.hour >= books.oldestAttempt ? known : undefined;
}

function agentKey(agent: string): string {
  return subjectKey(agentSubject(agent));
}

/** The row of the hour and the row of the day, made where they are missing. */
function rowsOf(books: Books, subject: string, hour: string): readonly Draft<Row>[] {
  return [rowIn(books.draft.hours, subject, hour), rowIn(books.draft.days, subject, dayOf(hour))];
}

function rowIn(table: Draft<RowTable>, subject: string, bucket: string): Draft<Row> {
  const rows = table[subject] ?? {};
  table[subject] = rows;
  const row = rows[bucket] ?? { n: {}, v: {} };
  rows[bucket] = row;
  return row;
}

/** Drops what is too old, and rows that a correction has emptied. */
function prune({ draft, oldestAttempt }: Books): void {
  if (draft.newest === null) return;
  pruneTable(draft.hours, hourOf(after(draft.newest, -HOURS_KEPT)));
  pruneTable(draft.days, dayOf(after(draft.newest, -DAYS_KEPT)));
  for (const [key, { hour }] of Object.entries(draft.attempts)) if (hour < oldestAttempt) delete draft.attempts[key];
}

function pruneTable(table: Draft<RowTable>, oldest: string): void {
  for (const [subject, rows] of Object.entries(table)) {
    for (const [bucket, { n, v }] of Object.entries(rows)) {
      const empty = Object.keys(n).length === 0 && Object.keys(v).length === 0;
      if (bucket < oldest || empty) delete rows[bucket];
    }
    if (Object.keys(rows).length === 0) delete table[subject];
  }
}
