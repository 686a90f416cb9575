import { type Instant, parseInstant } from '../../core/time.ts';
import type { Watermark } from '../../core/work-events.ts';
import { readWatermark } from '../progress.ts';

/** Up to where builds were read. */
export interface BuildsPlace {
  /** Runs that were created before this are looked at no more. */
  readonly from: Instant;
  /** Attempts created since then that were read already: `8123.1`. */
  readonly read: readonly string[];
}

/** Reads the watermark of this source; null where it never read, or nobody can tell. */
export function parsePlace(watermark: Watermark | null): BuildsPlace | null {
  const value = readWatermark(watermark);
  if (typeof value !== 'object' || value === null) return null;
  const { from, read } = value as { readonly from?: unknown; readonly read?: unknown };
  const instant = parseInstant(from);
  if (instant === null || !Array.isArray(read) || !read.every((key) => typeof key === 'string')) return null;
  return { from: instant, read };
}

/** The watermark in the form in which `parsePlace` reads it. */
export function formatPlace({ from, read }: BuildsPlace): Watermark {
  return JSON.stringify({ from, read: [...read].sort() });
}
