import type { Batch } from './chain.ts';
import { dayOfPartition, pathOfDay } from './layout.ts';

/** From and to, in bytes. */
export type Range = readonly [from: number, to: number];

/** What the chain says about the partitions, by UTC day, and what has been reported already. Made from batches alone. */
export interface Books {
  /** Up to which byte each partition is known to the chain. */
  readonly covered: Readonly<Record<string, number>>;
  /** Bytes before that which are not the ledger's. */
  readonly foreign: Readonly<Record<string, readonly Range[]>>;
  /** Ids of the events that report damage or bytes that cannot be read, so that each place is reported once. */
  readonly reported: readonly string[];
}

export const NO_BOOKS: Books = { covered: {}, foreign: {}, reported: [] };

/** The books after some more batches and the ids of the reports in them. */
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
  return { covered, foreign, reported: [...books.reported, ...reported] };
}

/** Up to which byte the chain knows the file. */
export function coveredBytes(books: Books, path: string): number {
  return books.covered[dayOfPartition(path) ?? ''] ?? 0;
}

/** The ranges of a file that hold the ledger's own lines. */
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
