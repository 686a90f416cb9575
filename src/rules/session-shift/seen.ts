import type { Facts } from '../../core/facts.ts';
import type { Aggregate } from '../../core/series.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';

/** The value of a session and the hour in which it started. */
export interface Seen {
  readonly at: Instant;
  readonly value: number;
}

/** How long hourly sums are kept. */
const KEPT: Duration = 14 * DAY;

/**
 * The values of an agent's sessions, one by one, reconstructed from hourly sums. For up to three sessions in an hour, the minimum,
 * the maximum and the sum determine them all. For more, those in between are taken as equal. Within an hour the least comes first,
 * because their order is not kept.
 */
export function seenOf(facts: Facts, metric: string, agent: string, now: Instant): readonly Seen[] {
  const { points } = facts.series(metric, agentSubject(agent), 'hour', after(now, -KEPT), after(now, 1));
  return points.flatMap(({ at, aggregate }) => valuesOf(aggregate).map((value) => ({ at, value })));
}

function valuesOf(aggregate: Aggregate | null): readonly number[] {
  if (aggregate === null || ![aggregate.sum, aggregate.min, aggregate.max].every(Number.isFinite)) return [];
  const { count, sum, min, max } = aggregate;
  if (count <= 2) return [min, max].slice(0, count);
  const between = Math.max(0, sum - min - max) / (count - 2);
  return [min, ...Array<number>(count - 2).fill(between), max];
}
