import type { Duration } from '../../core/time.ts';

/** How much waiting time a run has left. */
export interface Patience {
  /** Uses up that much of it. Returns false and uses nothing when less is left. */
  readonly take: (wait: Duration) => boolean;
}

/** Patience for one run. */
export function patienceOf(total: Duration): Patience {
  let left = total;
  return {
    take: (wait) => {
      if (wait > left) return false;
      left -= wait;
      return true;
    },
  };
}
