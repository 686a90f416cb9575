import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import { MAX_SESSIONS } from './claude/transcript/parse.ts';
import { putTogether } from './claude/transcript/skimmed.ts';
import type { Wanted } from './claude/transcript/tally.ts';
import { complaintsOfSkimmed } from './complaints.ts';
import type { SessionFileReading } from './file-reading.ts';
import { complainOf, type FoundFile, openFile, readWhole } from './files.ts';
import type { Complaint, SessionPiece } from './format.ts';
import type { FoundSession } from './found-session.ts';
import { isNameOfGhAw } from './gh-aw/names.ts';
import { foundTranscript, identify } from './identity.ts';
import { decodeText } from './json/text.ts';
import { hasMark } from './marks.ts';
import type { SkimmedFile } from './skim-file.ts';

/** The sessions in a set of files, each once, and what could not be read. */
export interface CollectedSessions {
  readonly sessions: readonly FoundSession[];
  readonly complaints: readonly Complaint[];
}

/** What one file yields before related files are read together. */
export interface CollectedFile extends CollectedSessions {
  readonly pieces: readonly SessionPiece[];
}

/** A file that has to be read in full. */
export interface WholeFile {
  readonly whole: FoundFile;
  readonly size: number;
  readonly zip: boolean;
}

/** What skimming a file yields, or that it has to be read in full. */
export function collectSkimmed(
  file: FoundFile,
  first: SkimmedFile,
  price: PriceList,
  wanted: Wanted,
): CollectedFile | WholeFile {
  switch (first.kind) {
    case 'passed':
      return NOTHING;
    case 'failed':
      return onlyComplaint(file.path, first.reason);
    case 'transcript':
      return collectTranscript(file, first, price, wanted);
    case 'whole':
      return { whole: file, size: first.size, zip: first.zip };
    default:
      return first satisfies never;
  }
}

function collectTranscript(
  file: FoundFile,
  scanned: SkimmedFile & { readonly kind: 'transcript' },
  price: PriceList,
  wanted: Wanted,
): CollectedFile | WholeFile {
  const skimmed = putTogether(scanned, wanted, price);
  if (skimmed === null) return { whole: file, size: scanned.size, zip: false };
  const sessions = skimmed.parts.slice(0, MAX_SESSIONS).map((part) => foundTranscript(file.path, part));
  return { sessions, complaints: complaintsOfSkimmed(file.path, skimmed), pieces: [] };
}

/** Readers for other kinds of records and for zips are loaded only when first needed. */
export async function collectWhole(
  { whole: file, size, zip }: WholeFile,
  price: PriceList,
  since: Instant | null,
): Promise<CollectedFile> {
  if (size <= SMALL && !file.named && !zip && isOfNoKind(file, size)) return NOTHING;
  const { MAX_FILE_BYTES, readWholeFile } = await import('./recognise.ts');
  if (size > MAX_FILE_BYTES) return onlyComplaint(file.path, `larger than ${MAX_FILE_BYTES / 1e6} MB: not read`);
  const bytes = readWhole(file.path);
  if (typeof bytes === 'string') return onlyComplaint(file.path, bytes);
  if (zip) return await collectZip(file, bytes, price);
  return collectReading(file, readWholeFile(file.path, bytes, price, since), bytes);
}

/** Loading the readers takes longer than looking into a file of this size. */
const SMALL = 64_000;

/** Whether a file of this many bytes is certainly no session file. */
function isOfNoKind({ path }: FoundFile, size: number): boolean {
  const opened = isNameOfGhAw(path) ? '' : openFile(path, Buffer.alloc(size));
  if (typeof opened === 'string') return false;
  opened.close();
  return opened.source.size === size && !hasMark(decodeText(opened.head));
}

function collectReading(file: FoundFile, reading: SessionFileReading, bytes: Uint8Array): CollectedFile {
  const { format, complaints, piece, ...found } = reading;
  return {
    sessions: identify(file.path, bytes, found),
    complaints: format === null && !file.named ? [] : complaints,
    pieces: piece === undefined ? [] : [piece],
  };
}

async function collectZip(file: FoundFile, bytes: Uint8Array, price: PriceList): Promise<CollectedFile> {
  const { findSessions } = await import('../zip/find-sessions.ts');
  const found = await attempt(async () => findSessions(file.path, bytes, price));
  if (!found.ok) return onlyComplaint(file.path, new OutsideFailure(found.failure).message);
  const { sessions, complaints, formats, pieces } = found.value;
  const nothing = file.named && formats.length === 0 && complaints.length === 0;
  return {
    sessions,
    pieces,
    complaints: nothing ? [complainOf(file.path, 'no session file in this zip')] : complaints,
  };
}

const NOTHING: CollectedFile = { sessions: [], complaints: [], pieces: [] };

function onlyComplaint(path: string, reason: string): CollectedFile {
  return { sessions: [], complaints: [complainOf(path, reason)], pieces: [] };
}
