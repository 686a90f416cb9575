import { median } from 'simple-statistics';
import type { Facts } from '../core/facts.ts';
import { agentSubject, repositorySubject, type Subject } from '../core/subject.ts';
import { after, DAY, type Duration, dayOf, type Instant, startOf } from '../core/time.ts';
import type { Window } from '../metrics/period.ts';
import { agentNames, overDays } from '../metrics/sight.ts';

/** What was spent in a window, in dollars, and how well that is known. */
export interface Spend {
  /** The known costs together. */
  readonly known: number;
  /** What the sessions of unknown cost may come to, each at what is usual for its agent. A guess: it decides nothing alone. */
  readonly estimated: number;
  /** Known and estimated together. */
  readonly total: number;
  readonly sessions: number;
  /** Sessions of unknown cost that are in `estimated`. */
  readonly guessed: number;
  /** Sessions of unknown cost whose agent has too few known ones to go by: in no sum. */
  readonly uncounted: number;
}

export const NOTHING_SPENT: Spend = { known: 0, estimated: 0, total: 0, sessions: 0, guessed: 0, uncounted: 0 };

/** The spend of the repository and of each of its agents. */
export interface Spending {
  readonly repository: Spend;
  /** By name; every agent that is known or was seen lately. */
  readonly agents: ReadonlyMap<string, Spend>;
}

const COST = 'sessions.tokenUsage.cost';
const USUAL_COST_OVER: Duration = 30 * DAY;
/** Fewer sessions of known cost than this tell nothing about the next one. */
const USUAL_COST_NEEDS = 5;
const KEPT: Duration = 400 * DAY;
const USUAL_OVER: Duration = 14 * DAY;
/** Fewer days than this are no habit. */
const USUAL_NEEDS = 3;

/** Beside the spend, how much of it stands in the ledger's sums already. */
interface AgentSpend extends Spend {
  readonly settled: number;
  readonly settledUnknown: number;
}

/** What was spent in a window, as far as it is known at `now`. Runs that still go on count once they have ended. */
export function spendingIn(facts: Facts, window: Window, now: Instant): Spending {
  const agents = new Map(agentNames(facts).map((name) => [name, spendOfAgent(facts, name, window, now)] as const));
  const own = [...agents.values()];
  const all = overDays(facts, COST, repositorySubject(facts.repo), window.from, window.to);
  const total = (pick: (spend: AgentSpend) => number): number => own.reduce((sum, spend) => sum + pick(spend), 0);
  const known = all?.sum ?? 0;
  const estimated = total((spend) => spend.estimated);
  // Sessions of agents that are gone, or of none, are in the repository's own sum only.
  const unnamed = (all === null ? 0 : all.count + all.unknown) - total((spend) => spend.settled);
  const unnamedUnknown = (all?.unknown ?? 0) - total((spend) => spend.settledUnknown);
  return {
    repository: {
      known,
      estimated,
      total: known + estimated,
      sessions: total((spend) => spend.sessions) + unnamed,
      guessed: total((spend) => spend.guessed),
      uncounted: total((spend) => spend.uncounted) + unnamedUnknown,
    },
    agents,
  };
}

function spendOfAgent(facts: Facts, name: string, window: Window, now: Instant): AgentSpend {
  const subject = agentSubject(name);
  const all = overDays(facts, COST, subject, window.from, window.to);
  const settled = all === null ? 0 : all.count + all.unknown;
  const settledUnknown = all?.unknown ?? 0;
  const unsettled = awaited(facts, name, window);
  const unknown = settledUnknown + unsettled;
  const usual = usualCost(facts, subject, now, window);
  const known = all?.sum ?? 0;
  const estimated = usual === null ? 0 : unknown * usual;
  return {
    known,
    estimated,
    total: known + estimated,
    sessions: settled + unsettled,
    guessed: usual === null ? 0 : unknown,
    uncounted: usual === null ? unknown : 0,
    settled,
    settledUnknown,
  };
}

/** The mean cost of a session of the last 30 days without the dearest and the cheapest, which say least of the next one. */
function usualCost(facts: Facts, subject: Subject, now: Instant, window: Window): number | null {
  const recent = overDays(facts, COST, subject, after(now, -USUAL_COST_OVER), window.to);
  if (recent === null || recent.count < USUAL_COST_NEEDS) return null;
  return (recent.sum - recent.min - recent.max) / (recent.count - 2);
}

/** Runs that have ended and whose record was not looked for yet. Only a skipped run is known to have spent nothing. */
function awaited(facts: Facts, name: string, window: Window): number {
  return facts.runs.filter(
    (run) =>
      run.agent === name &&
      run.status === 'completed' &&
      run.telemetry === 'awaited' &&
      run.conclusion !== 'skipped' &&
      run.startedAt >= window.from &&
      run.startedAt < window.to,
  ).length;
}

/** Whether anything is on record of an agent, over all the time that days are kept. */
export function hasSpent(facts: Facts, agent: string, now: Instant): boolean {
  return overDays(facts, COST, agentSubject(agent), after(now, -KEPT), now) !== null;
}

/** The median of what the last 14 complete days cost, in dollars; `null` while fewer than three are known. */
export function usualDay(facts: Facts, subject: Subject, now: Instant): number | null {
  const today = startOf(dayOf(now));
  const days = dailySpend(facts, subject, after(today, -USUAL_OVER), today).flatMap(({ usd }) => usd ?? []);
  return days.length < USUAL_NEEDS ? null : median(days);
}

/** One UTC day and what it cost: 0 when nothing ran, `null` before the first session and where no cost is known. */
export interface DaySpend {
  readonly day: string;
  readonly usd: number | null;
}

/** The known spend of each day between two moments, oldest first. */
export function dailySpend(facts: Facts, subject: Subject, from: Instant, to: Instant): readonly DaySpend[] {
  const { points } = facts.series(COST, subject, 'day', from, to);
  const first = points.findIndex(({ aggregate }) => aggregate !== null);
  return points.map(({ at, aggregate }, place) => {
    const quiet = first >= 0 && place > first ? 0 : null;
    const usd = aggregate === null ? quiet : aggregate.count === 0 ? null : aggregate.sum;
    return { day: dayOf(at), usd };
  });
}
