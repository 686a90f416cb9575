import type { Facts, SessionMark } from '../core/facts.ts';
import type { ChartEvidence, Evidence, FactEvidence, RunEvidence } from '../core/finding.ts';
import type { MoneyBasis } from '../core/money.ts';
import type { SessionOutcome } from '../core/session.ts';
import { agentSubject, repositorySubject, type Subject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, DAY, type Duration, dayOf, type Instant, startOf } from '../core/time.ts';
import { attemptKey } from '../metrics/attempt.ts';
import type { Window } from '../metrics/period.ts';
import { spentUsd } from '../metrics/row.ts';
import type { Budget } from './allowance.ts';
import { dailySpend, type Spend, type Spending, usualDay } from './spend.ts';

const MOST_RUNS = 20;
const MOST_AGENTS = 8;
const CHART_OVER: Duration = 20 * DAY;

/** The agent or the repository that a budget is about. */
export function subjectOf(budget: Budget, repo: string): Subject {
  return budget.agent === undefined ? repositorySubject(repo) : agentSubject(budget.agent);
}

/** What the answer about a budget rests on: its numbers, who spent them, the weightiest runs and the days before. */
export function budgetEvidence(
  facts: Facts,
  budget: Budget,
  { spending, spend, window, now }: { spending: Spending; spend: Spend; window: Window; now: Instant },
): Evidence {
  const subject = subjectOf(budget, facts.repo);
  const marks = marksIn(facts, budget, window);
  const runs = weightiestRuns(facts, marks);
  const shown = new Set(runs.map((run) => attemptKey(run.run, run.attempt)));
  const told = marks.filter(({ run, attempt }) => run !== null && shown.has(attemptKey(run, attempt ?? 1))).length;
  return {
    facts: [
      { label: `Spent ${spoken(window)}`, value: smoothUsd(spend.known), unit: 'usd' },
      { label: 'Limit', value: budget.usd, unit: 'usd' },
      { label: 'Share of the limit', value: spend.known / budget.usd, unit: 'ratio' },
      ...estimates(spend),
      { label: 'Sessions', value: spend.sessions, unit: 'sessions' },
      ...cutOffs(marks),
      { label: 'A usual day (median of 14)', value: usualDay(facts, subject, now), unit: 'usd' },
      ...(budget.agent === undefined ? contributions(spending) : []),
    ],
    runs,
    moreRuns: Math.max(0, spend.sessions - told),
    chart:
      window.period === 'day' ? days(facts, subject, budget, window) : monthSoFar(facts, subject, budget, now, window),
  };
}

/** The window in words: `on 2026-11-21`, `in 2026-11`. */
export function spoken(window: Window): string {
  return window.period === 'day' ? `on ${window.label}` : `in ${window.label}`;
}

function estimates(spend: Spend): readonly FactEvidence[] {
  return [
    ...(spend.guessed === 0
      ? []
      : [
          { label: 'Estimated on top', value: smoothUsd(spend.estimated), unit: 'usd' as const },
          { label: 'Sessions of unknown cost, estimated', value: spend.guessed, unit: 'sessions' as const },
        ]),
    ...(spend.uncounted === 0
      ? []
      : [{ label: 'Sessions of unknown cost, not counted', value: spend.uncounted, unit: 'sessions' as const }]),
  ];
}

function cutOffs(marks: readonly SessionMark[]): readonly FactEvidence[] {
  const value = marks.filter(({ cutOff }) => cutOff === true).length;
  return value === 0 ? [] : [{ label: 'Sessions cut off before their end, estimated', value, unit: 'sessions' }];
}

function contributions({ agents }: Spending): readonly FactEvidence[] {
  return [...agents]
    .filter(([, spend]) => spend.sessions > 0)
    .sort(([, a], [, b]) => b.known - a.known)
    .slice(0, MOST_AGENTS)
    .map(([name, spend]) => ({ label: `Spent by ${plainLine(name)}`, value: smoothUsd(spend.known), unit: 'usd' }));
}

/** The sessions of the window that are remembered one by one: those of the last days, and the dearest of a month. */
function marksIn(facts: Facts, budget: Budget, window: Window): readonly SessionMark[] {
  const marks = new Map([...facts.dearest, ...facts.sessions].map((mark) => [mark.id, mark] as const));
  return [...marks.values()].filter(
    (mark) =>
      mark.at >= window.from && mark.at < window.to && (budget.agent === undefined || mark.agent === budget.agent),
  );
}

function weightiestRuns(facts: Facts, marks: readonly SessionMark[]): readonly RunEvidence[] {
  const urls = new Map(facts.runs.map((run) => [attemptKey(run.run, run.attempt), run.url]));
  const byAttempt = new Map<string, RunEvidence>();
  for (const mark of marks) {
    if (mark.run === null) continue;
    const attempt = mark.attempt ?? 1;
    const key = attemptKey(mark.run, attempt);
    const before = byAttempt.get(key);
    byAttempt.set(key, {
      run: mark.run,
      attempt,
      agent: mark.agent,
      at: before?.at ?? mark.at,
      url: urls.get(key) ?? addressLike(facts, mark.run),
      usd: addKnown(before?.usd ?? null, spentUsd(mark.cost)),
      note: before === undefined ? noteOf(mark) : 'several sessions',
    });
  }
  return [...byAttempt.values()].sort(byWeight).slice(0, MOST_RUNS);
}

/** The address of a run that is only remembered by its number, made like that of another; empty when there is none. */
function addressLike(facts: Facts, run: number): string {
  const like = facts.runs.at(-1);
  return like?.url.endsWith(`/${like.run}`) ? `${like.url.slice(0, -String(like.run).length)}${run}` : '';
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}

function byWeight(a: RunEvidence, b: RunEvidence): number {
  return (b.usd ?? -1) - (a.usd ?? -1) || (a.at < b.at ? 1 : -1);
}

const OUTCOME_WORDS: Readonly<Record<SessionOutcome, string>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timed out',
  stopped_by_limit: 'stopped by its limit',
  unknown: 'outcome unknown',
};

const BASIS_WORDS: Readonly<Record<MoneyBasis, string>> = {
  billed: 'cost as reported',
  list: 'cost from list prices',
  estimated: 'cost estimated',
  quota: 'covered by a flat plan',
  unknown: 'cost unknown',
};

function noteOf({ outcome, cost, cutOff }: SessionMark): string {
  return `${OUTCOME_WORDS[outcome]}, ${cutOff === true ? 'cut off before its end, ' : ''}${BASIS_WORDS[cost.basis]}`;
}

/** How many sessions of the window were cut off, of those that are remembered one by one: they cost at least what is known. */
export function cutOffIn(facts: Facts, budget: Budget, window: Window): number {
  return marksIn(facts, budget, window).filter(({ cutOff }) => cutOff === true).length;
}

function days(facts: Facts, subject: Subject, budget: Budget, window: Window): ChartEvidence {
  const spent = dailySpend(facts, subject, after(window.from, -CHART_OVER), window.to);
  return {
    title: 'Spend by day',
    unit: 'usd',
    labels: spent.map(({ day }) => day.slice(5)),
    values: spent.map(({ usd }) => (usd === null ? null : smoothUsd(usd))),
    limit: budget.usd,
  };
}

/** A month is held against its limit day by day, each with all that was spent before it. */
function monthSoFar(facts: Facts, subject: Subject, budget: Budget, now: Instant, window: Window): ChartEvidence {
  const spent = dailySpend(facts, subject, window.from, after(startOf(dayOf(now)), DAY));
  let sum = 0;
  let begun = false;
  const sums = spent.map(({ usd }) => {
    begun ||= usd !== null;
    sum += usd ?? 0;
    return begun ? smoothUsd(sum) : null;
  });
  return {
    title: `Spend of ${window.label} so far`,
    unit: 'usd',
    labels: spent.map(({ day }) => day.slice(5)),
    values: sums,
    limit: budget.usd,
  };
}

/** Dollars without the noise of the sum below ten-thousandths of a cent. */
export function smoothUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}
