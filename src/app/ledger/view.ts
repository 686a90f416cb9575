import { knownLimit, scopeWord, soleName, stageOf } from '../../budgets/allowance.ts';
import { periodWord } from '../../budgets/calendar.ts';
import { headingOf, headingWords } from '../../budgets/forecast.ts';
import { openPulls } from '../../budgets/open-pulls.ts';
import { BUDGET_RULES } from '../../budgets/registry.ts';
import { dailySpend, spendingIn } from '../../budgets/spend.ts';
import type { Spend } from '../../budgets/spend-page.ts';
import { type Standing, standingOf } from '../../budgets/standing.ts';
import type { Config } from '../../config/schema.ts';
import type { Facts } from '../../core/facts.ts';
import type { Finding } from '../../core/finding.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, DAY, type Instant, latest } from '../../core/time.ts';
import { signWords } from '../../core/violation.ts';
import { windowOf } from '../../metrics/period.ts';
import { agentNames, blindness, overDays } from '../../metrics/sight.ts';
import { RULES } from '../../rules/registry.ts';
import type { AgentRow, BudgetRow, BudgetStage, ViolationRow } from '../../surfaces/view.ts';

/** How many days the fleet tables look back. */
const FLEET_DAYS = 30;

/** One row for each agent that is known or was seen lately. Pure. */
export function agentRows(facts: Facts, now: Instant): readonly AgentRow[] {
  const today = spendingIn(facts, windowOf('day', now), now).agents;
  const month = spendingIn(facts, windowOf('month', now), now).agents;
  return agentNames(facts).map((name) =>
    agentRow(facts, name, { now, today: today.get(name), month: month.get(name) }),
  );
}

interface AgentMoment {
  readonly now: Instant;
  readonly today: Spend | undefined;
  readonly month: Spend | undefined;
}

function agentRow(facts: Facts, name: string, { now, today, month }: AgentMoment): AgentRow {
  const subject = agentSubject(name);
  const agent = facts.agents.find((known) => known.name === name);
  const runs = facts.runs.filter((run) => run.agent === name);
  const from = after(now, -(FLEET_DAYS - 1) * DAY);
  const sumOf = (metric: string): number => overDays(facts, metric, subject, from, after(now, DAY))?.sum ?? 0;
  const usd = (spend: Spend | undefined): number | null => knownSpend(spend, facts);
  const lastRunAt = runs.reduce<Instant | null>((last, run) => latest(last ?? '', run.startedAt), null);
  return {
    name,
    engine: agent?.engine ?? null,
    workflow: agent?.workflow ?? runs[0]?.workflow ?? '',
    sessions: sumOf('sessions.total'),
    failed: sumOf('sessions.failed'),
    usdToday: usd(today),
    usdMonth: usd(month),
    daily: dailySpend(facts, subject, from, now).map((day) => day.usd),
    unpriced: month === undefined ? 0 : unpriced(month),
    lastRunAt: lastRunAt ?? lastDaySeen(facts, name, now),
    note: noteOn(month, facts.sessions.filter((mark) => mark.agent === name && mark.cutOff === true).length),
  };
}

/** Dollars; null when no cost is known. Seeing nothing proves that nothing was spent only while every source reads well. */
function knownSpend(spend: Spend | undefined, facts: Facts): number | null {
  if (spend === undefined) return null;
  const unknown = spend.sessions === 0 ? blindness(facts) !== null : unpriced(spend) === spend.sessions;
  return unknown ? null : spend.known;
}

/** Sessions whose cost is in no sum, or only estimated. */
function unpriced(spend: Spend): number {
  return spend.guessed + spend.uncounted;
}

function noteOn(month: Spend | undefined, cutOff: number): string | null {
  const cut = cutOff === 0 ? [] : [`${formatQuantity(cutOff, 'sessions')} cut off, cost estimated`];
  if (month === undefined || month.uncounted === 0) return cut[0] ?? null;
  const unseen =
    month.uncounted === month.sessions
      ? 'no telemetry'
      : `${formatQuantity(month.uncounted, 'sessions')} of unknown cost`;
  return [unseen, ...cut].join(', ');
}

/** The violations of the last day, newest first. Pure. */
export function violationRows(facts: Facts, now: Instant): readonly ViolationRow[] {
  const urls = new Map(facts.runs.map(({ run, url }) => [run, url]));
  return facts.violations
    .filter(({ at }) => at > after(now, -DAY))
    .map(({ at, agent, kind, severity, signs, run }) => {
      const url = run === null ? null : (urls.get(run) ?? null);
      return { at, agent, kind, severity, signs: signs.map(signWords), run, url };
    })
    .reverse();
}

/** The last day with a run, for an agent whose runs are too old to be kept one by one. */
function lastDaySeen(facts: Facts, name: string, now: Instant): Instant | null {
  const { points } = facts.series('runs.started', agentSubject(name), 'day', after(now, -400 * DAY), now);
  return points.findLast(({ aggregate }) => aggregate !== null)?.at ?? null;
}

/** One row for each budget. Pure. */
export function budgetRows(
  facts: Facts,
  findings: readonly Finding[],
  config: Config,
  now: Instant,
): readonly BudgetRow[] {
  return config.budgets.map((budget) => {
    const standing = standingOf(facts, budget, now);
    const { terms, spend } = standing;
    const { raise, unit } = terms;
    const finding = findings.find(({ rule, labels }) => rule === 'budget' && labels['budget'] === budget.name);
    return {
      name: budget.name,
      scope: scopeWord(terms.scope),
      period: periodWord(terms.period),
      unit,
      spent: isUnknown(standing, facts) ? null : knownSpend(spend, facts),
      limit: knownLimit(terms),
      stage: stageIn(finding, standing),
      unknownSessions: unpriced(spend),
      reserved: spend.reserved,
      raise: raise === null ? null : { by: raise.by, until: raise.until },
      forecast: headingWords(headingOf(facts, standing, now), standing),
    };
  });
}

/** What nobody counts, unknown agents, and work of unknown owner. */
function isUnknown({ terms: { scope, unit }, spend }: Standing, facts: Facts): boolean {
  const agent = scope.kind === 'agent' ? soleName(scope) : null;
  if (spend.sessions === 0 && spend.unplaced > 0) return true;
  const uncounted = unit === 'open_pull_requests' && openPulls(facts) === null;
  return uncounted || (agent !== null && !agentNames(facts).includes(agent));
}

/** As the rule says; if it was not asked, as the known spend says. */
function stageIn(finding: Finding | undefined, { terms, spend }: Standing): BudgetStage {
  if (finding?.outcome === 'unknown') return 'unknown';
  if (finding !== undefined) return STAGES[finding.outcome === 'violated' ? finding.severity : 'none'];
  return STAGES[stageOf(terms, spend.known)?.severity ?? 'none'];
}

const STAGES = { none: 'ok', info: 'ok', warning: 'warn', critical: 'breach' } as const;

/** The headings of all rules by name. */
export function ruleTitles(): Readonly<Record<string, string>> {
  return Object.fromEntries([...BUDGET_RULES, ...RULES].map(({ name, title }) => [name, title]));
}
