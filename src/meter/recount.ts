import { SECOND } from '../core/time.ts';
import { type Effort, effortSoFar } from './effort.ts';
import { HEARD_NOTHING, type Heard } from './use.ts';

/** Counts anew after changes, but no more often than it can be done without keeping hooks waiting. */
export interface Recount {
  /** Says that a new count would be another. */
  readonly changed: () => void;
  /** The newest count: after one that took long it lacks what changed since, for a second at most. */
  readonly heard: () => Heard;
  /** A new count, however long it takes. */
  readonly anew: () => Heard;
}

/** In milliseconds of a processor: after a count that takes more, the next one is delayed by a multiple of that. */
const LONG = 5;
const RARELY = 20;

/** What `count` returns, counted as rarely as changes and its own cost allow. */
export function recount(count: () => Heard, effort: () => Effort = effortSoFar): Recount {
  let [heard, isNew, next] = [HEARD_NOTHING, false, 0];
  const anew = (): Heard => {
    const started = effort();
    isNew = false;
    heard = count();
    // Not by time: where the machine is busy, a short count may take long.
    const took = effort().processor - started.processor;
    if (took > LONG) next = started.time + Math.min(SECOND, RARELY * took);
    return heard;
  };
  return {
    changed: () => {
      isNew = true;
    },
    heard: () => (isNew && effort().time >= next ? anew() : heard),
    anew,
  };
}
