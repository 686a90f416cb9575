import type { Batch } from './chain.ts';
import { dayOfPartition, pathOfDay } from './layout.ts';

/** Start and end, in bytes. */
export type Range = readonly [from: number, to: number];

/** What the chain says about the partitions, by UTC day, and what has been reported already. Derived from batches only. */
export interface Books {
  /** How many bytes of each partition the chain covers. */
  readonly covered: Readonly<Record<string, number>>;
  /** Ranges of bytes within that which do not belong to the ledger. */
  readonly foreign: Readonly<Record<string, readonly Range[]>>;
  /** Ids of the events that report damage or unreadable bytes, so that each place is reported once. */
  readonly reported: readonly string[];
  /** The last cut of the chain; null if there was none. */
  readonly cut: CutMark | null;
}

/** A cut as the books know it. */
export interface CutMark {
  /** The last batch that was cut off, and its hash. */
  readonly batch: number;
  readonly hash: string;
  /** SHA-256 of the record of the cut. */
  readonly record: string;
  /** The UTC day up to which partitions were removed, except those that later batches continue. */
  readonly horizon: string;
}

export const NO_BOOKS: Books = { covered: {}, foreign: {}, reported: [], cut: null };

/** The books after more batches and the ids of the reports in them. */
export function keepBooks(books: Books, batches: readonly Batch[], reported: readonly string[]): Books {
  const covered: Record<string, number> = { ...books.covered };
  const foreign: Record<string, readonly Range[]> = { ...books.foreign };
  for (const batch of batches) {
    for (const span of batch.foreign) {
      const day = dayOfPartition(span.path);
      if (day === null) continue;
      covered[day] = span.to;
      foreign[day] = [...(foreign[day] ?? []), [span.from, span.to]];
    }
    for (const part of batch.parts) {
      const day = dayOfPartition(part.path);
      if (day !== null) covered[day] = part.to;
    }
  }
  return { ...books, covered, foreign, reported: [...books.reported, ...reported] };
}

/** How many bytes of the file the chain covers. */
export function coveredBytes(books: Books, path: string): number {
  return books.covered[dayOfPartition(path) ?? ''] ?? 0;
}

/** The ranges of a file that contain the ledger's own lines. */
export function ownRanges(books: Books, path: string): readonly Range[] {
  const ranges: Range[] = [];
  let from = 0;
  for (const [start, end] of books.foreign[dayOfPartition(path) ?? ''] ?? []) {
    if (start > from) ranges.push([from, start]);
    from = Math.max(from, end);
  }
  const covered = coveredBytes(books, path);
  if (covered > from) ranges.push([from, covered]);
  return ranges;
}

/** The paths of all partitions that the chain knows. */
export function knownPartitions(books: Books): readonly string[] {
  return Object.keys(books.covered).map(pathOfDay);
}

/** True for a UTC day whose partition was removed: its events are known, and no more are accepted. */
export function isCutAway({ cut, covered }: Books, day: string): boolean {
  return cut !== null && day <= cut.horizon && covered[day] === undefined;
}

/** The books without the partitions of `days`. */
export function withoutDays(books: Books, days: ReadonlySet<string>, cut: CutMark): Books {
  const rest = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([day]) => !days.has(day)));
  return { ...books, covered: rest(books.covered), foreign: rest(books.foreign), cut };
}
