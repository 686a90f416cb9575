import { DAY } from '../core/time.ts';
import { push, quantileOf, type SortedWindow, sortedWindow } from './sorted-window.ts';

/** Series with at least this much time between two points have a rhythm of weekdays, not of hours. */
export const DAILY: number = DAY / 2;

/** The usual time between two readings, learned from the last ones. */
export interface Pace {
  readonly steps: SortedWindow;
  last: number | null;
}

export function newPace(): Pace {
  return { steps: sortedWindow(101), last: null };
}

/** Adds the moment of a reading and returns the median time between readings so far, 0 before there are two. */
export function stepOf(pace: Pace, at: number): number {
  if (pace.last !== null && at > pace.last) push(pace.steps, at - pace.last);
  pace.last = at;
  return quantileOf(pace.steps, 0.5);
}
