import type { BudgetFacts, BudgetUnit, WorkAttempt } from '../core/budget.ts';
import type { Facts } from '../core/facts.ts';
import { OWN_AGENT } from '../core/opinion.ts';
import type { Instant } from '../core/time.ts';
import { attemptKey } from '../metrics/attempt.ts';
import type { Scope } from './allowance.ts';
import type { Span } from './calendar.ts';
import { attemptOf, type Held, heldAt, reservedAmount, settledAmount } from './held.ts';
import { openPulls } from './open-pulls.ts';
import { withOthers } from './others.ts';
import { type Books, openBooks, type PageDraft, type Spend, type Spends } from './spend-page.ts';
import { guesser, minutesOf } from './usual.ts';
import type { WorkRecord } from './work-record.ts';

/** What is added up, for whom, and when. */
export interface Question {
  readonly scope: Scope;
  readonly unit: BudgetUnit;
  readonly span: Pick<Span, 'from' | 'to'>;
  /** An attempt that is left out while it is running: the one that asks. */
  readonly without?: string;
}

/**
 * The spend of everyone with an allowance of their own, by name; a single entry, under the empty name or its own, for a scope of
 * one. Running work counts once it has ended, except for what its lease holds.
 */
export function spendByName(facts: Facts, question: Question, now: Instant): Spends {
  const books = openBooks(question.scope);
  const known = facts.budgets();
  const asked = { ...question, facts: known, now, guess: guesser(known, question.unit, now), held: heldAt(known, now) };
  const pulls = question.unit === 'open_pull_requests' ? openPulls(facts) : null;
  const records = pulls?.records ?? recordsOf(asked);
  for (const record of records) countRecord(books, record, asked);
  const byAttempt = recordsByAttempt(records);
  for (const group of leaseGroups(asked)) countLeases(books, group, byAttempt, asked);
  const spends = books.close();
  const unplaced = pulls?.unplaced ?? 0;
  const isShared = question.scope.kind === 'organisation';
  return eachOf(spends, (spend) => {
    const placed = { ...spend, unplaced: spend.unplaced + unplaced };
    return isShared ? withOthers(placed, facts, question) : placed;
  });
}

function eachOf({ byName, rest }: Spends, change: (spend: Spend) => Spend): Spends {
  return { byName: new Map([...byName].map(([name, spend]) => [name, change(spend)])), rest: change(rest) };
}

interface Asked extends Question {
  readonly facts: BudgetFacts;
  readonly now: Instant;
  readonly guess: (agent: string) => number | null;
  readonly held: Held;
}

/** The work of a stretch of time, piece by piece. */
export function recordsOf(
  asked: Omit<Question, 'scope'> & { readonly facts: BudgetFacts; readonly now: Instant },
): readonly WorkRecord[] {
  const { facts, unit, span, now, without } = asked;
  const isIn = ({ at }: { readonly at: Instant }): boolean => at >= span.from && at < span.to;
  const attempts = facts.attempts.filter((each) => isIn(each) && each.told !== 'skipped' && each.key !== without);
  switch (unit) {
    case 'usd':
    case 'tokens':
      return [
        ...facts.sessions.filter(isIn).map((session) => ({
          ...session,
          own: session.id,
          key: session.run === null ? null : attemptKey(session.run, session.attempt ?? 1),
          value: session[unit],
          ended: true,
        })),
        ...attempts.filter(({ told }) => told !== 'recorded').map((attempt) => attemptRecord(attempt, null)),
      ];
    case 'minutes':
      return attempts.map((attempt) => attemptRecord(attempt, minutesOf(attempt, now)));
    case 'runs':
      return attempts.map((attempt) => attemptRecord(attempt, 1));
    case 'open_pull_requests':
      // They are not work of a stretch of time; see open-pulls.ts.
      return [];
    default:
      return unit satisfies never;
  }
}

function attemptRecord(attempt: WorkAttempt, value: number | null): WorkRecord {
  return { ...attempt, own: attempt.key, value, cutOff: false, ended: attempt.endedAt !== null };
}

function countRecord(books: Books, record: WorkRecord, asked: Asked): void {
  const page = books.page(record, record.own);
  if (page === null) return;
  if (record.value !== null) {
    page.known += record.value;
    page.sessions++;
    if (record.cutOff) page.cutOff++;
    return;
  }
  if (record.ended) countUnknown(page, record, asked);
  else countGoing(page, record, asked);
}

function countUnknown(page: PageDraft, { key, agent }: WorkRecord, { unit, guess, held }: Asked): void {
  if (!isSettled(held, key, unit)) addGuess(page, guess(agent));
}

function countGoing(page: PageDraft, { key, agent }: WorkRecord, { guess, held }: Asked): void {
  if (isLeased(held, key)) return;
  const guessed = guess(agent);
  page.going.runs++;
  page.going.estimated += guessed ?? 0;
  if (guessed === null) page.going.uncounted++;
}

function addGuess(page: PageDraft, guessed: number | null): void {
  page.sessions++;
  page.estimated += guessed ?? 0;
  if (guessed === null) page.uncounted++;
  else page.guessed++;
}

function isLeased({ byAttempt, isOpen }: Held, key: string | null): boolean {
  return (byAttempt.get(key ?? '') ?? []).some(isOpen);
}

function isSettled({ byAttempt }: Held, key: string | null, unit: BudgetUnit): boolean {
  return (byAttempt.get(key ?? '') ?? []).some((lease) => settledAmount(lease, unit) !== null);
}

type ByAttempt = ReadonlyMap<string, readonly WorkRecord[]>;

function recordsByAttempt(records: readonly WorkRecord[]): ByAttempt {
  const byAttempt = new Map<string, WorkRecord[]>();
  for (const record of records) {
    if (record.key === null) continue;
    const others = byAttempt.get(record.key);
    if (others === undefined) byAttempt.set(record.key, [record]);
    else others.push(record);
  }
  return byAttempt;
}

type LeaseGroup = readonly BudgetFacts['leases'][number][];

/** Leases whose work is recorded together: those of one attempt and agent, or of one attempt if the attempt is what counts. */
function leaseGroups({ facts, unit, span }: Asked): readonly LeaseGroup[] {
  const groups = new Map<string, LeaseGroup>();
  for (const lease of facts.leases) {
    // One of our own questions to a model is not a run of its own and opens nothing.
    if (lease.agent === OWN_AGENT && unit !== 'usd' && unit !== 'tokens') continue;
    // Any open lease may lead to a pull request, whenever it was taken.
    if (unit !== 'open_pull_requests' && (lease.at < span.from || lease.at >= span.to)) continue;
    const key = isPerAttempt(unit) ? attemptOf(lease) : `${attemptOf(lease)} ${lease.agent}`;
    groups.set(key, [...(groups.get(key) ?? []), lease]);
  }
  return [...groups.values()];
}

function isPerAttempt(unit: BudgetUnit): boolean {
  return unit === 'minutes' || unit === 'runs';
}

/** What was settled counts until its record arrives, and beyond it if it says more. What is reserved counts in addition. */
function countLeases(books: Books, group: LeaseGroup, records: ByAttempt, asked: Asked): void {
  const { unit, held } = asked;
  const [first] = group;
  const page = first === undefined ? null : books.page(first, first.id);
  if (first === undefined || page === null) return;
  const together = isPerAttempt(unit) ? highest : sum;
  const ofAttempt = records.get(attemptOf(first)) ?? [];
  const ofGroup = ofAttempt.filter(({ agent }) => isPerAttempt(unit) || agent === first.agent);
  const recorded = sum(ofGroup.flatMap(({ value }) => value ?? []));
  const settled = together(group.flatMap((lease) => settledAmount(lease, unit) ?? []));
  const open = group.filter((lease) => held.isOpen(lease));
  const reserved = together(open.map((lease) => reservedAmount(lease, unit)));
  page.known += Math.max(0, settled - recorded);
  page.reserved += isPerAttempt(unit) ? Math.max(0, reserved - Math.max(recorded, settled)) : reserved;
  page.leases += open.length;
  countUntold(page, group, ofGroup, asked);
}

/** Work that was settled without an amount and about which nothing else is on record. */
function countUntold(page: PageDraft, group: LeaseGroup, records: readonly WorkRecord[], { unit, guess }: Asked): void {
  if (records.length > 0) return;
  const untold = group.filter((lease) => lease.closed?.how === 'settled' && settledAmount(lease, unit) === null);
  for (const { agent } of untold) addGuess(page, guess(agent));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
