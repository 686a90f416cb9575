import { WORK_KEPT } from '../../core/budget.ts';
import { type CronSchedule, firstDue } from '../../core/cron.ts';
import type { Facts } from '../../core/facts.ts';
import { after, type Duration, type Instant, latest } from '../../core/time.ts';

/** The source that reports every run started by GitHub. */
const RUNS_SOURCE = 'actions-runs';

/** Something an agent did not do although it was due. */
export interface Overdue {
  /** The first time it was due and did not run. */
  readonly due: Instant;
  /** When it last showed a sign of life; null if not in the last 35 days. */
  readonly seen: Instant | null;
}

/**
 * The first time since its last run at which an agent was due by its schedule, if that is longer ago than `grace`, because GitHub
 * starts schedules hours late. Null if it kept to the schedule; a sentence if it cannot be told. A run counts whatever started it,
 * unless it was skipped. Times before the agent was first seen do not count against it.
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
