import type { Facts } from '../core/facts.ts';
import { agentSubject, type Subject } from '../core/subject.ts';
import { after, DAY, type Duration, dayOf, type Instant } from '../core/time.ts';
import { agentNames, overDays } from '../metrics/sight.ts';
import type { Span } from './calendar.ts';
import { spendByName } from './count.ts';
import { NOTHING_SPENT, type Spending, spendOf } from './spend-page.ts';

const COST = 'sessions.tokenUsage.cost';
const KEPT: Duration = 400 * DAY;

/** What was spent in a period, in dollars, by all agents and by each, as far as known at `now`. */
export function spendingIn(facts: Facts, span: Pick<Span, 'from' | 'to'>, now: Instant): Spending {
  const question = { unit: 'usd', span } as const;
  const repository = spendOf(spendByName(facts, { ...question, scope: { kind: 'repository' } }, now), '');
  const own = spendByName(facts, { ...question, scope: { kind: 'agent', name: '*' } }, now).byName;
  const agents = new Map(agentNames(facts).map((name) => [name, own.get(name) ?? NOTHING_SPENT] as const));
  return { repository, agents };
}

/** Whether anything is on record about an agent, over all the time that days are kept. */
export function hasSpent(facts: Facts, agent: string, now: Instant): boolean {
  return overDays(facts, COST, agentSubject(agent), after(now, -KEPT), now) !== null;
}

/** One UTC day and what it cost: 0 if nothing ran, `null` before the first session and if no cost is known. */
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
