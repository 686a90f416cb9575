import type { Facts } from '../../core/facts.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';

const LOOK_BACK: Duration = 14 * DAY;
const MONTH: Duration = 30 * DAY;

/** How many sessions an agent has in a month, judging by the last two weeks. Each is an opportunity for chance. At least 1. */
export function sessionsAMonth(facts: Facts, agent: string, now: Instant): number {
  const { points } = facts.series('sessions.total', agentSubject(agent), 'hour', after(now, -LOOK_BACK), after(now, 1));
  const seen = points.reduce((sum, { aggregate }) => sum + (aggregate?.sum ?? 0), 0);
  return Math.max(1, (seen * MONTH) / LOOK_BACK);
}

/** Limits are set for an agent with this many sessions a month, ten a day. */
const USUAL = 300;
/** An agent with fewer sessions gets no lower line, because too little is known about how its sessions differ. */
const FEWEST = 100;

/**
 * The line in standard deviations that gives as many false alarms a month for an agent with more or fewer sessions than most. The
 * tail of the normal distribution falls as exp(−z²/2), so adding 2 ln(n) to the square makes up for n times the opportunities.
 */
export function lineFor(line: number, aMonth: number): number {
  return Math.sqrt(Math.max(1, line ** 2 + 2 * Math.log(Math.max(FEWEST, aMonth) / USUAL)));
}
