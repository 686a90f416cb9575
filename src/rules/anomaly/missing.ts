import type { Facts } from '../../core/facts.ts';
import type { Series } from '../../core/series.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, DAY, type Duration, dayOf, type Instant } from '../../core/time.ts';
import { agentNames } from '../../metrics/sight.ts';
import { hourOfDay, hoursBetween, type Missed, missedSince, sortAt, sortsOf } from './missed.ts';
import { missedSlots } from './missed-slots.ts';

/** How long hourly sums are kept. */
const HOURS_KEPT: Duration = 14 * DAY;
/** The fewest hours with runs to be expected of the other agents on a day for telling whether people worked. */
const LEAST_OF_OTHERS = 4;
/** The share of the expected hours that must have come. */
const SHARE_OF_OTHERS = 0.5;

/** The hours in which an agent had runs, as far back as they are kept. */
export function hoursOf(facts: Facts, agent: string, now: Instant): Series {
  return facts.series('runs.started', agentSubject(agent), 'hour', after(now, -HOURS_KEPT), after(now, 1));
}

/** What should have come from an agent since it fell silent; null while that may be chance or a holiday. */
export function missingOf(
  facts: Facts,
  agent: string,
  life: Pick<Series, 'points'>,
  since: Instant,
  now: Instant,
): Missed | null {
  const slots = isScheduled(facts, agent) ? missedSlots(life, since, now) : null;
  let isWorkingDay: ((day: string) => boolean) | null = null;
  return (
    slots ??
    missedSince(life, since, now, (day) => {
      isWorkingDay ??= workingDays(facts, agent, since, now);
      return isWorkingDay(day);
    })
  );
}

/** Whether its last known runs were all started by a schedule. */
function isScheduled({ runs }: Facts, agent: string): boolean {
  const own = runs.filter((run) => run.agent === agent && run.attempt === 1);
  return own.length > 0 && own.every(({ trigger }) => trigger === 'schedule');
}

/**
 * The days that are not a public holiday, because the other agents started by people work as usual on them. A holiday silences all
 * of them, a fault only this one.
 */
function workingDays(facts: Facts, agent: string, since: Instant, now: Instant): (day: string) => boolean {
  const others = agentNames(facts).filter(
    (name) => name !== agent && hasRuns(facts, name) && !isScheduled(facts, name),
  );
  const days = new Map<string, { expected: number; seen: number }>();
  for (const { points } of others.map((name) => hoursOf(facts, name, now))) {
    const sorts = sortsOf(points, since);
    for (const { at, aggregate } of hoursBetween(points, since, now)) {
      const day = days.get(dayOf(at)) ?? { expected: 0, seen: 0 };
      day.expected += sortAt(sorts, at)?.hours[hourOfDay(at)] ?? 0;
      day.seen += (aggregate?.sum ?? 0) > 0 ? 1 : 0;
      days.set(dayOf(at), day);
    }
  }
  return (day) => {
    const { expected, seen } = days.get(day) ?? { expected: 0, seen: 0 };
    return expected >= LEAST_OF_OTHERS && seen >= SHARE_OF_OTHERS * expected;
  };
}

function hasRuns({ runs }: Facts, agent: string): boolean {
  return runs.some((run) => run.agent === agent);
}
