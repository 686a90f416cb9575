import type { Duration } from '../../core/time.ts';

/** How long somebody waits for all that is asked within it. */
export interface Patience {
  /** What the work gives; null when it is not there in time. A failure in time is thrown on, one that comes too late is not. */
  within<T>(work: Promise<T>): Promise<T | null>;
  /** From now on no longer than that. */
  hurry(left: Duration): void;
  end(): void;
}

/** Patience that begins now. */
export function openPatience(lasts: Duration): Patience {
  let wakeUp = (): void => undefined;
  const over = new Promise<null>((resolve) => {
    wakeUp = () => resolve(null);
  });
  let timer = setTimeout(() => wakeUp(), lasts);
  let ends = performance.now() + lasts;
  return {
    within: (work) => {
      work.catch(() => undefined);
      return Promise.race([work, over]);
    },
    hurry: (left) => {
      if (performance.now() + left >= ends) return;
      ends = performance.now() + left;
      clearTimeout(timer);
      timer = setTimeout(() => wakeUp(), left);
    },
    end: () => clearTimeout(timer),
  };
}
