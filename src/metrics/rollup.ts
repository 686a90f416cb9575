import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { SessionMark } from '../core/facts.ts';
import type { Fold } from '../core/fold.ts';
import { detailOf, type Session, type SessionOutcome } from '../core/session.ts';
import { agentSubject, subjectKey } from '../core/subject.ts';
import { after, DAY, type Duration, dayOf, hourOf, type Instant } from '../core/time.ts';
import { attemptKey, sessionMoment, witnessed } from './attempt.ts';
import { type Dearest, forgetMonths, markOf, rememberDearest } from './dearest.ts';
import { AMOUNTS, amountsOf, type Counter, count, counterOf, forgetUnknown, observe, type RowDraft } from './row.ts';
import { type OpenTable, openTable, type RowTable } from './row-table.ts';

/** What has been counted for one attempt of a run, so that learning more about it corrects the numbers and doubles nothing. */
interface CountedAttempt {
  /** The hour it is filed under. */
  readonly hour: string;
  readonly run: 'unseen' | 'started' | 'completed';
  /** `null` = nothing was reported about its sessions yet. An absence is replaced if a record turns up after all. */
  readonly told:
    | null
    | 'recorded'
    | { readonly agent: string; readonly hour: string; readonly outcome: SessionOutcome };
}

/** Mergeable aggregates of what happened, by hour (14 days) and by day (400 days). */
export interface Rollups {
  /** The moment reached by the newest event. Retention is counted from here. */
  readonly newest: Instant | null;
  readonly hours: RowTable;
  readonly days: RowTable;
  /** By UTC month and agent: the most expensive sessions of known cost, most expensive first. */
  readonly dearest: Dearest;
  /** By run and attempt. An attempt about which everything was reported is reduced to its hour. */
  readonly attempts: Readonly<Record<string, CountedAttempt | string>>;
}

/** The subject of sessions that belong to no agent. */
const UNBOUND = 'unbound';

const HOURS_KEPT: Duration = 14 * DAY;
const DAYS_KEPT: Duration = 400 * DAY;
const ATTEMPTS_KEPT: Duration = 35 * DAY;

/** Keeps hourly and daily sums of runs and sessions. */
export const rollupFold: Fold<Rollups> = {
  initial: { newest: null, hours: {}, days: {}, dearest: {}, attempts: {} },
  apply(state: Rollups, events: readonly LedgerEvent[]): Rollups {
    const relevant = events.filter(isCounted);
    if (relevant.length === 0) return state;
    const books: Books = {
      newest: state.newest,
      oldestAttempt: '',
      hours: openTable(state.hours),
      days: openTable(state.days),
      dearest: { ...state.dearest },
      attempts: { ...state.attempts },
    };
    for (const event of relevant) {
      advance(books, witnessed(event));
      countEvent(books, event);
    }
    return close(books);
  },
};

type CountedEvent = EventOf<
  'run.started' | 'run.completed' | 'session.recorded' | 'session.absent' | 'violation.found'
>;

interface Books {
  newest: Instant | null;
  /** The first hour whose attempts are still remembered, counted from the newest event. */
  oldestAttempt: string;
  readonly hours: OpenTable;
  readonly days: OpenTable;
  readonly dearest: Record<string, readonly SessionMark[]>;
  readonly attempts: Record<string, CountedAttempt | string>;
}

function isCounted(event: LedgerEvent): event is CountedEvent {
  switch (event.kind) {
    case 'run.started':
    case 'run.completed':
    case 'session.recorded':
    case 'session.absent':
    case 'violation.found':
      return true;
    default:
      return false;
  }
}

function advance(books: Books, moment: Instant): void {
  const before = books.newest;
  if (before === null || moment > before) books.newest = moment;
  if (books.oldestAttempt !== '' && before !== null && moment < before) return;
  books.oldestAttempt = hourOf(after(books.newest ?? moment, -ATTEMPTS_KEPT));
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
    case 'violation.found':
      countViolation(books, event);
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
  keepAttempt(books, key, { ...known, run: stage });
  for (const row of rowsOf(books, agentKey(run.agent), hour)) for (const counter of counters) count(row, counter, 1);
}

function countSession(books: Books, event: EventOf<'session.recorded'>): void {
  const { session } = event.data;
  const hour = hourOf(sessionMoment(event));
  rememberRecord(books, session, hour);
  rememberDearest(books.dearest, markOf(event));
  const amounts = amountsOf(session);
  const leastKnown = session.cost.basis === 'estimated' || session.state.cost === 'lower_bound';
  const estimated = leastKnown || detailOf(session).cutOff === true;
  for (const row of rowsOf(books, session.agent === null ? UNBOUND : agentKey(session.agent), hour)) {
    count(row, session.outcome, 1);
    if (estimated) count(row, 'estimated', 1);
    for (const amount of AMOUNTS) observe(row, amount, amounts[amount]);
  }
}

function rememberRecord(books: Books, { run, attempt }: Session, hour: string): void {
  if (run === null || attempt === null) return;
  const key = attemptKey(run, attempt);
  const known = attemptOf(books, key) ?? { hour, run: 'unseen', told: null };
  if (known.told !== null && known.told !== 'recorded') uncountAbsence(books, known.told);
  keepAttempt(books, key, { ...known, told: 'recorded' });
}

function countAbsence(books: Books, event: EventOf<'session.absent'>): void {
  const { run, attempt, agent, outcome, reason } = event.data;
  if (reason === 'skipped') return;
  const hour = hourOf(event.at);
  const key = attemptKey(run, attempt);
  const known = attemptOf(books, key) ?? { hour, run: 'unseen', told: null };
  if (known.told !== null) return;
  keepAttempt(books, key, { ...known, told: { agent, hour, outcome } });
  for (const row of rowsOf(books, agentKey(agent), hour)) {
    count(row, outcome, 1);
    for (const amount of AMOUNTS) observe(row, amount, null);
  }
}

function countViolation(books: Books, event: EventOf<'violation.found'>): void {
  const { agent, kind } = event.data.violation;
  for (const row of rowsOf(books, agentKey(agent), hourOf(event.at))) count(row, `violations.${kind}`, 1);
}

function uncountAbsence(books: Books, absence: { agent: string; hour: string; outcome: SessionOutcome }): void {
  for (const row of rowsOf(books, agentKey(absence.agent), absence.hour)) {
    count(row, absence.outcome, -1);
    for (const amount of AMOUNTS) forgetUnknown(row, amount);
  }
}

function attemptOf(books: Books, key: string): CountedAttempt | undefined {
  const known = books.attempts[key];
  if (known === undefined || filedHour(known) < books.oldestAttempt) return undefined;
  return typeof known === 'string' ? { hour: known, run: 'completed', told: 'recorded' } : known;
}

function keepAttempt(books: Books, key: string, attempt: CountedAttempt): void {
  const settled = attempt.run === 'completed' && attempt.told === 'recorded';
  books.attempts[key] = settled ? attempt.hour : attempt;
}

function filedHour(attempt: CountedAttempt | string): string {
  return typeof attempt === 'string' ? attempt : attempt.hour;
}

function agentKey(agent: string): string {
  return subjectKey(agentSubject(agent));
}

/** The row of the hour and the row of the day. */
function rowsOf(books: Books, subject: string, hour: string): readonly RowDraft[] {
  return [books.hours.rowOf(subject, hour), books.days.rowOf(subject, dayOf(hour))];
}

/** The books as a state, without what is too old. */
function close({ newest, oldestAttempt, hours, days, dearest, attempts }: Books): Rollups {
  if (newest !== null) forgetMonths(dearest, newest);
  for (const [key, attempt] of Object.entries(attempts)) if (filedHour(attempt) < oldestAttempt) delete attempts[key];
  return {
    newest,
    hours: hours.close(newest === null ? '' : hourOf(after(newest, -HOURS_KEPT))),
    days: days.close(newest === null ? '' : dayOf(after(newest, -DAYS_KEPT))),
    dearest,
    attempts,
  };
}
