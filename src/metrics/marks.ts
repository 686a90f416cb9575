import type { Instant } from '../core/time.ts';
import { after, type Duration } from '../core/time.ts';
import { witnessed } from './attempt.ts';

/** The short form of something that happened once. */
interface Mark {
  /** Id of its event. */
  readonly id: string;
  readonly at: Instant;
}

/** How long marks are kept, and how many, because a repository in which nothing else happens must not swell the state. */
interface Limits {
  readonly keptFor: Duration;
  readonly most: number;
}

/** Adds more marks. Returns them oldest first, with the moment reached by the newest event of their kind. */
export function keepMarks<Kept extends Mark>(
  before: { readonly newest: Instant | null; readonly marks: readonly Kept[] },
  events: readonly { readonly at: Instant; readonly seen: Instant; readonly mark: Kept | null }[],
  { keptFor, most }: Limits,
): { readonly newest: Instant; readonly marks: readonly Kept[] } {
  const newest = events.map(witnessed).reduce((last, at) => (at > last ? at : last), before.newest ?? '');
  const marks = new Map(before.marks.map((mark) => [mark.id, mark]));
  for (const { mark } of events) if (mark !== null) marks.set(mark.id, mark);
  const oldest = after(newest, -keptFor);
  const kept = [...marks.values()].filter((mark) => mark.at >= oldest).sort(byMoment);
  return { newest, marks: kept.slice(-most) };
}

function byMoment(a: Mark, b: Mark): number {
  return `${a.at} ${a.id}` < `${b.at} ${b.id}` ? -1 : 1;
}
