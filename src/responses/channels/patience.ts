import type { Duration } from '../../core/time.ts';

/** How much of a run may still be spent on waiting. */
export interface Patience {
  /** Takes that much of it; false, and nothing taken, where there is not so much left. */
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
