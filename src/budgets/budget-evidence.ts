import type { Facts, SessionMark } from '../core/facts.ts';
import type { ChartEvidence, Evidence, FactEvidence, RunEvidence } from '../core/finding.ts';
import type { MoneyBasis } from '../core/money.ts';
import type { SessionOutcome } from '../core/session.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import type { Unit } from '../core/unit.ts';
import { addDays, localDayOf } from '../core/zone.ts';
import { attemptKey } from '../metrics/attempt.ts';
import { spentUsd } from '../metrics/row.ts';
import { type DayUse, dailyUse, usualDay, type Whose } from './daily.ts';
import { forecastFacts } from './forecast.ts';
import { doubtAboutDays } from './others.ts';
import { pullEvidence } from './pull-evidence.ts';
import { spendingIn } from './spend.ts';
import type { Spend, Spending } from './spend-page.ts';
import { findingUnit, inFindings, isOf, type Standing } from './standing.ts';

const MOST_RUNS = 20;
const MOST_AGENTS = 8;
const CHART_DAYS = 20;

/** The evidence for the answer about one budget: its numbers, who spent them, the weightiest runs and the days before. */
export function budgetEvidence(facts: Facts, standing: Standing, now: Instant): Evidence {
  const { terms, span, spend } = standing;
  const { unit } = terms;
  if (unit === 'open_pull_requests') return pullEvidence(facts, standing, now);
  const marks = marksIn(facts, standing);
  const runs = weightiestRuns(facts, marks);
  const shown = new Set(runs.map((run) => attemptKey(run.run, run.attempt)));
  const told = marks.filter(({ run, attempt }) => run !== null && shown.has(attemptKey(run, attempt ?? 1))).length;
  const whose: Whose = { ...terms, name: standing.name ?? '' };
  const as = (amount: number): number => inFindings(amount, unit);
  const isShared = terms.scope.kind === 'organisation';
  // If the others' days are not known, the known days are only a part.
  const isPart = doubtAboutDays(facts, terms.scope) !== null;
  const usual = isPart ? null : usualDay(facts, whose, now);
  return {
    facts: [
      { label: `${unit === 'usd' ? 'Spent' : 'Used'} ${span.spoken}`, value: as(spend.known), unit: findingUnit(unit) },
      { label: 'Limit', value: as(terms.limit), unit: findingUnit(unit) },
      { label: 'Share of the limit', value: spend.known / terms.limit, unit: 'ratio' },
      ...estimates(spend, standing),
      { label: 'Sessions', value: spend.sessions, unit: 'sessions' },
      ...cutOffs(spend),
      ...(isShared ? othersFacts(standing) : []),
      ...(isPart
        ? []
        : [{ label: 'A usual day (median of 14)', value: usual === null ? null : as(usual), unit: findingUnit(unit) }]),
      ...forecastFacts(facts, standing, now),
      ...(terms.scope.kind === 'repository' && unit === 'usd' ? contributions(spendingIn(facts, span, now)) : []),
    ],
    runs,
    moreRuns: Math.max(0, spend.sessions - told),
    chart: isPart ? null : chartOf(facts, standing, whose, now),
  };
}

function othersFacts({ spend, terms: { unit } }: Standing): readonly FactEvidence[] {
  const { others } = spend;
  if (others === null) return [];
  return [
    { label: 'Of it in other repositories', value: inFindings(others.known, unit), unit: findingUnit(unit) },
    { label: 'Other repositories', value: others.repositories, unit: 'count' },
    { label: 'Of them silent for more than a day', value: others.silent, unit: 'count' },
  ];
}

function estimates(spend: Spend, { terms: { unit } }: Standing): readonly FactEvidence[] {
  const amount = (label: string, value: number): FactEvidence => ({
    label,
    value: inFindings(value, unit),
    unit: findingUnit(unit),
  });
  return [
    ...(spend.guessed === 0
      ? []
      : [
          amount('Estimated on top', spend.estimated),
          { label: 'Sessions of unknown cost, estimated', value: spend.guessed, unit: 'sessions' as const },
        ]),
    ...(spend.uncounted === 0
      ? []
      : [{ label: 'Sessions of unknown cost, not counted', value: spend.uncounted, unit: 'sessions' as const }]),
    ...(spend.leases === 0 ? [] : [amount('Reserved by leases', spend.reserved)]),
  ];
}

function cutOffs({ cutOff }: Spend): readonly FactEvidence[] {
  return cutOff === 0
    ? []
    : [{ label: 'Sessions cut off before their end, estimated', value: cutOff, unit: 'sessions' }];
}

function contributions({ agents }: Spending): readonly FactEvidence[] {
  return [...agents]
    .filter(([, spend]) => spend.sessions > 0)
    .sort(([, a], [, b]) => b.known - a.known)
    .slice(0, MOST_AGENTS)
    .map(([name, spend]) => ({
      label: `Spent by ${plainLine(name)}`,
      value: inFindings(spend.known, 'usd'),
      unit: 'usd',
    }));
}

/** The sessions of the period that are remembered individually: those of the last days, and the most expensive of a month. */
function marksIn(facts: Facts, standing: Standing): readonly SessionMark[] {
  const { span } = standing;
  const marks = new Map([...facts.dearest, ...facts.sessions].map((mark) => [mark.id, mark] as const));
  const { sessions, attempts } = facts.budgets();
  const ofSessions = sessions
    .filter((session) => session.at >= span.from && session.at < span.to && isOf(standing, session, session.id))
    .flatMap((session) => marks.get(session.id) ?? []);
  const silent = attempts
    .filter(({ at, told }) => at >= span.from && at < span.to && told === 'absent')
    .filter((attempt) => isOf(standing, attempt, attempt.key))
    .flatMap(({ run, attempt }) => marks.get(`absent:${run}:${attempt}`) ?? []);
  return [...ofSessions, ...silent];
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

/** The address of a run of which only the number is remembered, built like another run's; empty if there is none. */
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

/**
 * A month is charted day by day against its limit, each day with everything spent before it. Other periods are charted by single
 * days.
 */
function chartOf(facts: Facts, { terms, span }: Standing, whose: Whose, now: Instant): ChartEvidence {
  const { unit, zone, period, limit } = terms;
  const today = localDayOf(now, zone);
  const isMonth = period === 'month';
  const first = isMonth ? localDayOf(span.from, zone) : addDays(today, -CHART_DAYS);
  const used = dailyUse(facts, whose, first, today, now);
  const values = isMonth ? sumsOf(used) : used.map(({ amount }) => amount);
  const what = unit === 'usd' ? 'Spend' : 'Use';
  return {
    title: isMonth ? `${what} of ${span.label} so far` : `${what} by day`,
    unit: findingUnit(unit) satisfies Unit,
    labels: used.map(({ day }) => day.slice(5)),
    values: values.map((value) => (value === null ? null : inFindings(value, unit))),
    limit: isMonth || period === 'day' ? inFindings(limit, unit) : null,
  };
}

function sumsOf(used: readonly DayUse[]): readonly (number | null)[] {
  let sum = 0;
  let begun = false;
  return used.map(({ amount }) => {
    begun ||= amount !== null;
    sum += amount ?? 0;
    return begun ? sum : null;
  });
}
