import { formatNumber } from '../../core/quantity.ts';
import { dayOf, formatDuration } from '../../core/time.ts';
import type { Capacity } from './capacity.ts';
import type { Clearance } from './clearance.ts';
import { ANSWERED_IN, type ReviewOutlook } from './reviews.ts';

/**
 * What is waiting, how much people can review and when it is done, in a sentence or two: `People review 4 …; the 25 that wait will
 * be done on …`.
 */
export function outlookWords({ waiting, capacity, clearance }: ReviewOutlook): string {
  if (capacity === null || clearance === null) {
    if (waiting.length === 0) return 'No pull request of an agent waits for people.';
    const wait = `${waiting.length} ${waiting.length === 1 ? 'waits' : 'wait'}`;
    return `${wait} for people; how many they can look at in a day is not known yet.`;
  }
  const pace = paceWords(capacity);
  if (waiting.length === 0) return `${pace}; none waits.`;
  const wait = waiting.length === 1 ? 'the one that waits' : `the ${waiting.length} that wait`;
  return `${pace}; ${wait} will be done ${clearanceWords(clearance)}.${growthWords(capacity, clearance)}`;
}

/** How people answered lately: `Heads approved in the last 28 days: 12, rejected: 3; …`. Null if they answered nothing. */
export function answeredWords({ answered }: ReviewOutlook): string | null {
  const { approved, rejected, averageFirstResponse, averageReviewTime, averageRounds } = answered;
  if (approved + rejected === 0 && averageFirstResponse === null) return null;
  const parts = [
    ...(averageFirstResponse === null ? [] : [`first response after ${formatDuration(averageFirstResponse)}`]),
    ...(averageReviewTime === null ? [] : [`first decision after ${formatDuration(averageReviewTime)}`]),
    ...(averageRounds === null ? [] : [`${formatNumber(averageRounds)} rounds`]),
  ];
  const means = parts.length === 0 ? '' : `; on average ${parts.join(', ')}`;
  return `Heads approved in the last ${ANSWERED_IN} days: ${approved}, rejected: ${rejected}${means}.`;
}

function paceWords({ workday, weekend, days }: Capacity): string {
  const pace = `${formatNumber(workday)} pull requests of agents on a working day`;
  if (days.length === 0) return `People are said to review ${pace}`;
  return `People review ${pace}${weekend > 0 ? ` and ${formatNumber(weekend)} on a weekend day` : ''}`;
}

function clearanceWords({ on, from, to }: Clearance): string {
  if (on === null) return from === null ? 'in four months at the earliest' : `after ${dayOf(from)}, if ever`;
  const day = dayOf(on);
  if (from === null || (from === on && to === on)) return `on ${day}`;
  return `on ${day} (${to === null ? `from ${dayOf(from)} on` : `${dayOf(from)} to ${dayOf(to)}`})`;
}

function growthWords({ arrivals }: Capacity, { growing }: Clearance): string {
  return growing
    ? ` ${formatNumber(arrivals)} new ones come in each day, which is more than people review: the queue grows.`
    : '';
}
