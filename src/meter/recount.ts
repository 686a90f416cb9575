import { SECOND } from '../core/time.ts';
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

/** In milliseconds: after a count that takes longer, the next one is delayed by a multiple of its time. */
const LONG = 5;
const RARELY = 20;

/** What `count` returns, counted as rarely as changes and its own duration allow. `clock` is in milliseconds. */
export function recount(count: () => Heard, clock: () => number = () => performance.now()): Recount {
  let [heard, isNew, next] = [HEARD_NOTHING, false, 0];
  const anew = (): Heard => {
    const started = clock();
    isNew = false;
    heard = count();
    const took = clock() - started;
    if (took > LONG) next = started + Math.min(SECOND, RARELY * took);
    return heard;
  };
  return {
    changed: () => {
      isNew = true;
    },
    heard: () => (isNew && clock() >= next ? anew() : heard),
    anew,
  };
}
