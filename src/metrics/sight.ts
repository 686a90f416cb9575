import type { Facts } from '../core/facts.ts';
import type { Aggregate, Series } from '../core/series.ts';
import { mergeAggregates } from '../core/series.ts';
import type { Subject } from '../core/subject.ts';
import type { Instant } from '../core/time.ts';

/**
 * Why "nothing was seen" does not prove that nothing happened, as the end of a sentence (`the source artifacts fails`); `null` if
 * every source reads well.
 */
export function blindness(facts: Facts): string | null {
  if (facts.sources.length === 0) return 'no source has been read yet';
  const failing = facts.sources.filter((source) => source.failure !== null).map(({ source }) => source);
  if (failing.length > 0)
    return `${failing.length === 1 ? 'the source' : 'the sources'} ${failing.join(', ')} cannot be read`;
  const unread = facts.sources.find((source) => source.lastReadAt === null);
  return unread === undefined ? null : `the source ${unread.source} has not been read yet`;
}

/** The names of all agents that are known or were seen lately, in order. */
export function agentNames(facts: Facts): readonly string[] {
  const names = new Set([
    ...facts.agents.map(({ name }) => name),
    ...facts.runs.map(({ agent }) => agent),
    ...facts.sessions.map(({ agent }) => agent),
  ]);
  return [...names].filter((name) => name !== '').sort();
}

/** The days of a metric between two moments as one aggregate; `null` if nothing was observed. */
export function overDays(facts: Facts, metric: string, subject: Subject, from: Instant, to: Instant): Aggregate | null {
  return merged(facts.series(metric, subject, 'day', from, to));
}

/** The hours of a metric that touch a stretch of time, as one aggregate; `null` if nothing was observed. */
export function overHours(
  facts: Facts,
  metric: string,
  subject: Subject,
  from: Instant,
  to: Instant,
): Aggregate | null {
  return merged(facts.series(metric, subject, 'hour', from, to));
}

function merged({ points }: Series): Aggregate | null {
  return points.reduce<Aggregate | null>((sum, point) => mergeAggregates(sum, point.aggregate), null);
}
