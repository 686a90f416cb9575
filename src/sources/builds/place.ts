import { type Instant, parseInstant } from '../../core/time.ts';
import type { Watermark } from '../../core/work-events.ts';
import { readWatermark } from '../progress.ts';

/** How far builds were read. */
export interface BuildsPlace {
  /** Runs created before this are ignored. */
  readonly from: Instant;
  /** Attempts created since then that were already read: `8123.1`. */
  readonly read: readonly string[];
}

/** Reads the watermark of this source. Null if it never read, or if it cannot be parsed. */
export function parsePlace(watermark: Watermark | null): BuildsPlace | null {
  const value = readWatermark(watermark);
  if (typeof value !== 'object' || value === null) return null;
  const { from, read } = value as { readonly from?: unknown; readonly read?: unknown };
  const instant = parseInstant(from);
  if (instant === null || !Array.isArray(read) || !read.every((key) => typeof key === 'string')) return null;
  return { from: instant, read };
}

/** Writes the watermark for `parsePlace`. */
export function formatPlace({ from, read }: BuildsPlace): Watermark {
  return JSON.stringify({ from, read: [...read].sort() });
}
