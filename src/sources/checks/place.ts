import { type Instant, parseInstant } from '../../core/time.ts';
import type { Watermark } from '../../core/work-events.ts';
import { readWatermark } from '../progress.ts';

/** Which heads were checked. A key is the number of a pull request and its head: `12:9f3c…`. */
export interface ChecksPlace {
  /** Heads that are not checked any more. */
  readonly done: readonly string[];
  /** When the heads still waiting were last checked. */
  readonly asked: Readonly<Record<string, Instant>>;
}

/** Reads the watermark of this source. Empty if it never read, or if it cannot be parsed. */
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

/** Writes the watermark for `parsePlace`. */
export function formatPlace({ done, asked }: ChecksPlace): Watermark {
  const sorted = Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ done: [...done].sort(), asked: Object.fromEntries(sorted) });
}
