import type { Facts } from '../core/facts.ts';
import { outcomeOfRun } from '../core/run.ts';
import type { Point } from '../core/series.ts';
import type { SessionOutcome } from '../core/session.ts';
import { agentSubject } from '../core/subject.ts';
import { after, type Duration, hourOf, type Instant } from '../core/time.ts';

/** How an agent's last sessions ended. */
export interface Endings {
  /** Sessions with a known end, except cancelled ones. */
  readonly known: number;
  /** Those of them that failed or timed out. */
  readonly failed: number;
  readonly cancelled: number;
  readonly unknown: number;
  /** The hour of the first session that was counted; `null` if there is none. */
  readonly first: Instant | null;
}

/** How far to look back: over the whole window, and further until `enough` sessions are known. */
export interface Reach {
  readonly window: Duration;
  readonly lookBack: Duration;
  readonly enough: number;
}

type Hour = Omit<Endings, 'first'>;

/**
 * An agent's last sessions, hour by hour back from `now`. A rare agent is looked at further back than a busy one, so that an agent
 * that runs once a day and always fails is noticed too. Runs whose record was not looked for yet count by their conclusion.
 */
export function endingsOf(facts: Facts, agent: string, now: Instant, reach: Reach): Endings {
  const from = after(now, -reach.lookBack);
  const series = (metric: string): readonly Point[] =>
    facts.series(metric, agentSubject(agent), 'hour', from, after(now, 1)).points;
  const cancelled = series('sessions.cancelled');
  const awaited = awaitedByHour(facts, agent);
  const hours = series('sessions.failed').map(({ at, aggregate }, place) => {
    const stopped = cancelled[place]?.aggregate?.sum ?? 0;
    const settled: Hour = {
      known: (aggregate?.count ?? 0) - stopped,
      failed: aggregate?.sum ?? 0,
      cancelled: stopped,
      unknown: aggregate?.unknown ?? 0,
    };
    return { at, ending: (awaited.get(hourOf(at)) ?? []).reduce(addOutcome, settled) };
  });
  const begin = after(now, -reach.window);
  let sum: Endings = { known: 0, failed: 0, cancelled: 0, unknown: 0, first: null };
  for (const { at, ending } of hours.reverse()) {
    if (at < begin && sum.known >= reach.enough) break;
    sum = add(sum, ending, at);
  }
  return sum;
}

function awaitedByHour(facts: Facts, agent: string): ReadonlyMap<string, readonly SessionOutcome[]> {
  const byHour = new Map<string, SessionOutcome[]>();
  for (const run of facts.runs) {
    if (run.agent !== agent || run.status !== 'completed' || run.telemetry !== 'awaited') continue;
    if (run.conclusion === 'skipped') continue;
    const hour = hourOf(run.startedAt);
    byHour.set(hour, [...(byHour.get(hour) ?? []), outcomeOfRun(run.conclusion)]);
  }
  return byHour;
}

function addOutcome(hour: Hour, outcome: SessionOutcome): Hour {
  switch (outcome) {
    case 'completed':
    case 'stopped_by_limit':
      return { ...hour, known: hour.known + 1 };
    case 'failed':
    case 'timed_out':
      return { ...hour, known: hour.known + 1, failed: hour.failed + 1 };
    case 'cancelled':
      return { ...hour, cancelled: hour.cancelled + 1 };
    case 'unknown':
      return { ...hour, unknown: hour.unknown + 1 };
    default:
      return outcome satisfies never;
  }
}

function add(sum: Endings, hour: Hour, at: Instant): Endings {
  const empty = hour.known + hour.cancelled + hour.unknown === 0;
  return {
    known: sum.known + hour.known,
    failed: sum.failed + hour.failed,
    cancelled: sum.cancelled + hour.cancelled,
    unknown: sum.unknown + hour.unknown,
    first: empty ? sum.first : at,
  };
}
