import type { Duration } from '../../core/time.ts';

/** A limit on how long to wait for everything asked within it. */
export interface Patience {
  /** The result of the work; null when it is not there in time. A failure in time is rethrown, a later one is dropped. */
  within<T>(work: Promise<T>): Promise<T | null>;
  /** Shortens the remaining time to this at most. */
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
