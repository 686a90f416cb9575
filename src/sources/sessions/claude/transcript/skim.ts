import type { JsonObject } from '../../json/fields.ts';
import { type ByteSource, type LineWish, type PlacedFlaw, readLines } from '../../json/line-feed.ts';
import type { ScannedBytes } from '../../json/scan.ts';
import { skim } from '../../json/skim.ts';
import { growingParts } from './parse.ts';
import type { TranscriptPart } from './part.ts';
import { TRANSCRIPT_ROW } from './shape.ts';
import { isTranscriptRow } from './transcript-row.ts';
import { growingUsage } from './usage-parts.ts';
import { usageWish } from './usage-reader.ts';

/** What a transcript tells, before its responses have prices. Plain data, so that one thread can read it for another. */
export interface SkimmedTranscript {
  readonly parts: readonly TranscriptPart[];
  readonly flaws: readonly PlacedFlaw[];
}

/** How much of a session is wanted: all that its record tells, or only tokens and cost, which is faster. */
export type Wanted = 'all' | 'usage';

/** All that a transcript tells. A row of a transcript makes a file one for certain, whatever else stands in it. */
const ALL: Omit<LineWish<JsonObject>, 'atOnce'> = {
  pass: (room, from) => skim(room, from, TRANSCRIPT_ROW),
  whole: (record) => record,
  isCertain: isTranscriptRow,
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
  return wanted === 'all'
    ? skimRows(source, room, { ...ALL, atOnce }, growingParts())
    : skimRows(source, room, { ...usageWish(), atOnce }, growingUsage());
}

/** What is put together from rows as they come. */
interface Growing<Row> {
  readonly take: (rows: readonly Row[]) => void;
  readonly parts: (damaged: boolean) => readonly TranscriptPart[];
}

function skimRows<Row>(
  source: ByteSource,
  room: ScannedBytes,
  wish: LineWish<Row>,
  growing: Growing<Row>,
): SkimmedTranscript | null {
  const flaws = readLines(source, wish, room, growing.take);
  if (flaws === null) return null;
  const parts = growing.parts(flaws.length > 0);
  return parts.length === 0 || parts.some(({ session }) => session === null) ? null : { parts, flaws };
}
