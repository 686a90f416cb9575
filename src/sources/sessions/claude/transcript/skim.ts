import { type ByteSource, type LineReader, type PlacedFlaw, readLines } from '../../json/line-feed.ts';
import { neededOf } from './needed.ts';
import type { Piece } from './parts.ts';
import { rowsOf } from './rows.ts';
import type { Scanner } from './scan/scanner.ts';
import type { Wanted } from './tally.ts';
import { isTranscriptRow } from './transcript-row.ts';

/** What was read of a transcript. Plain data, so that one thread can read it for another. */
export interface ScannedTranscript {
  readonly pieces: readonly Piece[];
  readonly flaws: readonly PlacedFlaw[];
}

/**
 * Reads a transcript of any size from a stream of bytes and skips what is not needed. Null if the file is not certainly a
 * transcript or is not JSON Lines. The scanner may be reused for the next file.
 */
export function scanTranscript(source: ByteSource, scanner: Scanner, wanted: Wanted): ScannedTranscript | null {
  const pieces: Piece[] = [];
  let certain = false;
  scanner.begin();
  const reader: LineReader = {
    ...scanner,
    scan: (from, to) => scanner.scan(from, to, wanted === 'usage'),
    linesRead: () => (wanted === 'usage' ? null : scanner.linesRead()),
    take: (records) => {
      certain ||= records.some(isTranscriptRow);
      pieces.push(...scanner.take(), { kind: 'rows', rows: rowsOf(records).map(neededOf) });
    },
    isCertain: () => certain || scanner.isCertain(),
  };
  const flaws = readLines(source, reader);
  return flaws === null ? null : { pieces: [...pieces, ...scanner.take()], flaws };
}
