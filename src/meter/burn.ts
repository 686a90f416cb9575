import { type Duration, MINUTE } from '../core/time.ts';

/** The window over which dollars per minute are measured. */
export const BURN_WINDOW: Duration = 5 * MINUTE;
/**
 * Samples closer together than this count as one, so that a day's session keeps some hundred of them instead of one per
 * change.
 */
const STEP: Duration = 1_000;

/** Tracks how fast a sum of dollars grows. Moments are in milliseconds of any monotonic clock. */
export interface BurnWindow {
  /** Records what was spent up to a moment; null = not known. */
  readonly note: (usd: number | null, at: number) => void;
  /**
   * US dollars per minute over the last five minutes. A younger session spent nothing before it began. Null while nothing is
   * known.
   */
  readonly rate: (now: number) => number | null;
}

interface Sample {
  readonly at: number;
  readonly usd: number;
}

/** For a session that has spent nothing yet. */
export function burnWindow(): BurnWindow {
  let samples: Sample[] = [];
  let last: number | null = null;
  return {
    note: (usd, at) => {
      if (usd === null || usd === last) return;
      last = usd;
      const before = samples.at(-1);
      if (before !== undefined && at - before.at < STEP) samples.pop();
      samples.push({ at: before !== undefined && at - before.at < STEP ? before.at : at, usd });
    },
    rate: (now) => {
      if (last === null) return null;
      const since = now - BURN_WINDOW;
      const first = samples.findLastIndex(({ at }) => at <= since);
      samples = first > 0 ? samples.slice(first) : samples;
      const spentBefore = first === -1 ? 0 : (samples[0]?.usd ?? 0);
      return Math.max(0, last - spentBefore) / (BURN_WINDOW / MINUTE);
    },
  };
}
