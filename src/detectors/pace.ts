import { push, quantileOf, type SortedWindow, sortedWindow } from './sorted-window.ts';

/** The usual time between two readings, learned from the last ones. */
export interface Pace {
  readonly steps: SortedWindow;
  last: number | null;
}

export function newPace(): Pace {
  return { steps: sortedWindow(101), last: null };
}

/** Takes the moment of a reading in; the median time between readings so far, 0 before there are two. */
export function stepOf(pace: Pace, at: number): number {
  if (pace.last !== null && at > pace.last) push(pace.steps, at - pace.last);
  pace.last = at;
  return quantileOf(pace.steps, 0.5);
}
