import { type Instant, parseInstant } from '../../core/time.ts';
import type { Watermark } from '../../core/work-events.ts';
import { readWatermark } from '../progress.ts';

/** Which heads were looked at. A key is the number of a pull request and its head: `12:9f3c…`. */
export interface ChecksPlace {
  /** Those that are asked about no more. */
  readonly done: readonly string[];
  /** When those that still wait were asked about last. */
  readonly asked: Readonly<Record<string, Instant>>;
}

/** Reads the watermark of this source; an empty place where it never read, or nobody can tell. */
export function parsePlace(watermark: Watermark | null): ChecksPlace {
  const value = readWatermark(watermark);
  if (typeof value !== 'object' || value === null) return { done: [], asked: {} };
  const { done, asked } = value as { readonly done?: unknown; readonly asked?: unknown };
  const moments = typeof asked === 'object' && asked !== null ? Object.entries(asked) : [];
  return {
    done: Array.isArray(done) ? done.filter((key) => typeof key === 'string') : [],
    asked: Object.fromEntries(
      moments.flatMap(([key, at]) => {
        const instant = parseInstant(at);
        return instant === null ? [] : [[key, instant]];
      }),
    ),
  };
}

/** The watermark in the form in which `parsePlace` reads it. */
export function formatPlace({ done, asked }: ChecksPlace): Watermark {
  const sorted = Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ done: [...done].sort(), asked: Object.fromEntries(sorted) });
}
