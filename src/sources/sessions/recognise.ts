import { sha256 } from '../../core/hash.ts';
import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import { readParts } from './claude/transcript/parse.ts';
import { CLAUDE_TRANSCRIPT } from './claude/transcript/reading.ts';
import { openScanner, type Scanner } from './claude/transcript/scan/scanner.ts';
import { type SkimmedTranscript, skimTranscript } from './claude/transcript/skimmed.ts';
import { complaintsOfFlaws, MAX_FLAWS, sentencesOf } from './complaints.ts';
import type { SessionFileReading } from './file-reading.ts';
import type { Complaint, FormatReading, SessionPiece } from './format.ts';
import type { JsonDocument } from './json/document.ts';
import { CHUNK, sourceOf } from './json/line-feed.ts';
import { readDocumentOrLog } from './json/log.ts';
import { decodeText, locate } from './json/text.ts';
import { hasMark } from './marks.ts';
import { readMixedStreams } from './mixed-streams.ts';
import { FORMATS } from './registry.ts';

/** Larger files are refused because they would not fit into one string. */
export const MAX_FILE_BYTES = 512_000_000;

/**
 * Reads a session file of any known format. The format is recognised by the content; the name only helps to explain an unknown one.
 * Never throws: unreadable places become complaints, and everything before and after damage is kept. `since` is when the requested
 * run began, as in `SessionFormat`. Transcripts and telemetry are cut to it later, when all files of a session are there.
 */
export function readSessionFile(
  path: string,
  bytes: Uint8Array,
  price: PriceList,
  since: Instant | null = null,
): SessionFileReading {
  const skimmed = skimTranscript(sourceOf(bytes), scannerOfBytes(), 'all', price);
  return skimmed === null ? readWholeFile(path, bytes, price, since) : readingOfSkimmed(path, skimmed);
}

let scanner: Scanner | null = null;

/** One scanner for all files that are in memory anyway, opened for the first of them. */
function scannerOfBytes(): Scanner {
  scanner ??= openScanner(CHUNK);
  return scanner;
}

/** The reading of a skimmed transcript. */
function readingOfSkimmed(path: string, { parts, flaws }: SkimmedTranscript): SessionFileReading {
  return readingIn(path, CLAUDE_TRANSCRIPT, readParts(parts), complaintsOfFlaws(path, flaws));
}

/** Like `readSessionFile`, but in full, for files that cannot be skimmed. */
export function readWholeFile(
  path: string,
  bytes: Uint8Array,
  price: PriceList,
  since: Instant | null = null,
): SessionFileReading {
  if (bytes.length > MAX_FILE_BYTES) return refused(path, null, `larger than ${MAX_FILE_BYTES / 1e6} MB: not read`);
  const text = decodeText(bytes);
  const document = hasMark(text) ? readDocumentOrLog(text) : null;
  const format = document === null ? undefined : FORMATS.find((candidate) => candidate.recognises(document));
  if (document === null) return unknown(path, text);
  const flaws = complainOfFlaws(path, bytes, text, document);
  if (format === undefined) {
    const { complaints, ...nothing } = unknown(path, text);
    return { ...nothing, complaints: [...complaints, ...flaws] };
  }
  if (format.joined !== undefined) {
    const piece: SessionPiece = { path, origin: path, hash: sha256(bytes), format, document };
    return { format: format.name, sessions: [], parts: [], complaints: flaws, piece };
  }
  const mixed = readMixedStreams(format, document, price, since);
  return readingIn(path, format.name, mixed ?? format.read(document, price, since), flaws);
}

function readingIn(
  path: string,
  format: string,
  { sessions, complaints, parts = [], telemetry = [], running = [], resumed = [] }: FormatReading,
  flaws: readonly Complaint[],
): SessionFileReading {
  return {
    format,
    sessions,
    parts,
    telemetry,
    running,
    resumed,
    complaints: [...flaws, ...sentencesOf(path, complaints)],
  };
}

/** A file that no format recognises, with an explanation from its name if there is one. */
function unknown(path: string, text: string): SessionFileReading {
  for (const { name, joined } of text.trim() === '' ? [] : FORMATS) {
    const reason = joined?.whyUnknown(path) ?? null;
    if (reason !== null) return refused(path, name, reason);
  }
  return refused(path, null, whyUnknown(text));
}

function whyUnknown(text: string): string {
  const start = text.slice(0, 64).trim();
  if (start === '' && text.trim() === '') return 'the file is empty: nothing is known of the session';
  if (text.length < 64 && /^\[\s*\]$/.test(start)) return 'the file holds no messages: nothing is known of the session';
  return 'format not recognised: neither its records nor their shape are those of a known session file';
}

function refused(path: string, format: string | null, reason: string): SessionFileReading {
  return { format, sessions: [], parts: [], complaints: [{ path, line: null, byte: null, reason }] };
}

function complainOfFlaws(path: string, bytes: Uint8Array, text: string, { flaws }: JsonDocument): readonly Complaint[] {
  const named = flaws.slice(0, MAX_FLAWS);
  const places = locate(
    bytes,
    text,
    named.map((flaw) => flaw.offset),
  );
  return complaintsOfFlaws(
    path,
    places.map((place, index) => ({ ...place, reason: flaws[index]?.reason ?? '' })),
    flaws.length,
  );
}
