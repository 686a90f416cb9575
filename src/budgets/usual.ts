import { quantile } from 'simple-statistics';
import type { BudgetFacts, BudgetUnit, WorkAttempt } from '../core/budget.ts';
import { after, between, DAY, type Duration, type Instant, MINUTE } from '../core/time.ts';

const P95_OVER: Duration = 30 * DAY;
/** Fewer sessions of known cost than this say nothing about the next one. */
const P95_NEEDS = 5;

/** Minutes by the clock, rounded up, as GitHub counts them for one job; a lower bound if jobs ran in parallel. */
export function minutesOf({ at, endedAt }: WorkAttempt, now: Instant): number {
  return Math.max(0, Math.ceil(between(at, endedAt ?? now) / MINUTE));
}

/** The 95th percentile of what an agent's sessions used in the last 30 days; null while fewer than five are known. */
export function usualMost(facts: BudgetFacts, agent: string, unit: BudgetUnit, now: Instant): number | null {
  const since = after(now, -P95_OVER);
  const values = usesOf(facts, agent, unit, since);
  return values.length < P95_NEEDS ? null : quantile([...values], 0.95);
}

function usesOf(facts: BudgetFacts, agent: string, unit: BudgetUnit, since: Instant): readonly number[] {
  switch (unit) {
    case 'usd':
    case 'tokens':
      return facts.sessions.flatMap((session) =>
        session.agent === agent && session.at >= since ? (session[unit] ?? []) : [],
      );
    case 'minutes':
      return facts.attempts.flatMap((attempt) =>
        attempt.agent === agent && attempt.at >= since && attempt.endedAt !== null && attempt.told !== 'skipped'
          ? minutesOf(attempt, attempt.endedAt)
          : [],
      );
    case 'runs':
      return Array(P95_NEEDS).fill(1);
    case 'open_pull_requests':
      return [];
    default:
      return unit satisfies never;
  }
}

/** `usualMost` of each agent, looked up once. */
export function guesser(facts: BudgetFacts, unit: BudgetUnit, now: Instant): (agent: string) => number | null {
  const known = new Map<string, number | null>();
  return (agent) => {
    if (!known.has(agent)) known.set(agent, usualMost(facts, agent, unit, now));
    return known.get(agent) ?? null;
  };
}
