import { type Duration, MINUTE } from '../core/time.ts';

/** Dollars a minute are told over so long a time. */
export const BURN_WINDOW: Duration = 5 * MINUTE;
/** Samples that lie closer together than this count as one: a day's session keeps some hundred of them, not one for each change. */
const STEP: Duration = 1_000;

/** Follows how fast a sum of dollars grows. Moments are in milliseconds of any clock that only goes forward. */
export interface BurnWindow {
  /** Takes in what was spent up to a moment; null = not known. */
  readonly note: (usd: number | null, at: number) => void;
  /** US dollars a minute over the last five minutes; a session that is younger spent nothing before. Null while nothing is known. */
  readonly rate: (now: number) => number | null;
}

interface Sample {
  readonly at: number;
  readonly usd: number;
}

/** Of a session that has spent nothing yet. */
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
