import { type ByteSource, type LineWish, type PlacedFlaw, readLines } from '../../json/line-feed.ts';
import type { ScannedBytes } from '../../json/scan.ts';
import { growingParts } from './parse.ts';
import type { TranscriptPart } from './part.ts';
import { TRANSCRIPT_ROW, USAGE_ROW } from './shape.ts';
import { isTranscriptRow } from './transcript-row.ts';

/** What a transcript tells, before its responses have prices. Plain data, so that one thread can read it for another. */
export interface SkimmedTranscript {
  readonly parts: readonly TranscriptPart[];
  readonly flaws: readonly PlacedFlaw[];
}

/** How much of a session is wanted: all that its record tells, or only tokens and cost, which is faster. */
export type Wanted = 'all' | 'usage';

/** A row of a transcript makes a file one for certain, whatever else stands in it. */
const WISHES: Readonly<Record<Wanted, Omit<LineWish, 'atOnce'>>> = {
  all: { shape: TRANSCRIPT_ROW, isCertain: isTranscriptRow },
  usage: { shape: USAGE_ROW, isCertain: isTranscriptRow, mark: '"usage"' },
};

/** Most transcripts have far fewer rows. */
const ROWS_AT_ONCE = 20_000;

/**
 * Reads a transcript as its bytes come, of any size, passing over what is not needed. Null for what is not certainly a transcript,
 * for one that does not say of which session it is (its name has to be made of all its bytes), and for other spellings than
 * JSON Lines. `room` may be used again for the next file.
 */
export function skimTranscript(
  source: ByteSource,
  room: ScannedBytes,
  wanted: Wanted,
  atOnce: number = ROWS_AT_ONCE,
): SkimmedTranscript | null {
  const growing = growingParts();
  const flaws = readLines(source, { ...WISHES[wanted], atOnce }, room, growing.take);
  if (flaws === null) return null;
  const parts = growing.parts(flaws.length > 0);
  return parts.length === 0 || parts.some(({ session }) => session === null) ? null : { parts, flaws };
}
