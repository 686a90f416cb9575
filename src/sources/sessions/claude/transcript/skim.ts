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
 * Reads a transcript as its bytes come, of any size, passing over what is not needed. Null for what is not certainly a transcript and
 * for other spellings than JSON Lines. The scanner may be used again for the next file.
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
