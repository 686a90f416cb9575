import { WORK_KEPT } from '../../core/budget.ts';
import { type CronSchedule, firstDue } from '../../core/cron.ts';
import type { Facts } from '../../core/facts.ts';
import { after, type Duration, type Instant, latest } from '../../core/time.ts';

/** The source that tells of every run that GitHub started. */
const RUNS_SOURCE = 'actions-runs';

/** What an agent did not do although it was due. */
export interface Overdue {
  /** The first time that it was due and did not run. */
  readonly due: Instant;
  /** When it last showed that it lives; null when it did not in the last 35 days. */
  readonly seen: Instant | null;
}

/**
 * The first time since its last run at which an agent was due by its schedule, if that is longer ago than `grace`: GitHub starts
 * schedules hours late. Null when it kept to it, and a sentence where nobody can tell. A run counts whatever set it off, unless it was
 * skipped; times before the agent was seen as one are not held against it.
 */
export function overdueOf(
  facts: Pick<Facts, 'agents' | 'agentsSince' | 'sources' | 'work'>,
  agent: string,
  { schedule, grace }: { readonly schedule: CronSchedule; readonly grace: Duration },
  now: Instant,
): Overdue | null | string {
  const known = facts.agentsSince[facts.agents.findIndex(({ name }) => name === agent)];
  if (known === undefined) return 'nobody knows since when it is an agent';
  const readAt = facts.sources.find(({ source }) => source === RUNS_SOURCE)?.lastReadAt ?? null;
  if (readAt === null) return 'its runs have not been read';
  const seen = lastSign(facts, agent, now);
  const from = [known, after(now, -WORK_KEPT), seen === null ? known : after(seen, 1)].reduce(latest);
  const due = firstDue(schedule, { from, to: after(readAt < now ? readAt : now, -grace) });
  return due === null ? null : { due, seen };
}

function lastSign({ work }: Pick<Facts, 'work'>, agent: string, now: Instant): Instant | null {
  const signs = work().flatMap((piece) => {
    if (piece.agent !== agent || piece.ended === 'skipped') return [];
    return [piece.endedAt === null ? now : latest(piece.endedAt, piece.at)];
  });
  return signs.length === 0 ? null : signs.reduce(latest);
}
