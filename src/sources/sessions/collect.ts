import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import { MAX_SESSIONS } from './claude/transcript/parse.ts';
import { putTogether } from './claude/transcript/skimmed.ts';
import type { Wanted } from './claude/transcript/tally.ts';
import { complaintsOfSkimmed } from './complaints.ts';
import type { SessionFileReading } from './file-reading.ts';
import { complainOf, type FoundFile, readWhole } from './files.ts';
import type { Complaint, SessionPiece } from './format.ts';
import type { FoundSession } from './found-session.ts';
import { eachOnce, foundTranscript, identify } from './identity.ts';
import type { SkimmedFile } from './skim-file.ts';
import { type Reading, skimFiles, startReading } from './skim-files.ts';
import { onlyUsage } from './usage-only.ts';

/** The sessions in a set of files, each once, and what could not be read. */
export interface CollectedSessions {
  readonly sessions: readonly FoundSession[];
  readonly complaints: readonly Complaint[];
}

/** Called before each file and once at the end with the number of files done, the total, and the next file. */
export type Progress = (done: number, total: number, path: string) => void;

/**
 * Reads the session files at the given paths: files, folders with everything below them, zips. A file given by name that is not a
 * session causes a complaint; other files in folders and zips are skipped. Prices may still be loading while helper threads start.
 * `since` is when the run of these sessions began. Null counts everything.
 */
export async function collectSessions(
  paths: readonly string[],
  prices: PriceList | Promise<PriceList>,
  progress: Progress,
  since: Instant | null = null,
): Promise<CollectedSessions> {
  return await finishReading(startReading(paths), prices, progress, since);
}

/** Finishes a reading that was started. */
export async function finishReading(
  { list: { files, complaints }, skimming }: Reading,
  prices: PriceList | Promise<PriceList>,
  progress: Progress,
  since: Instant | null = null,
): Promise<CollectedSessions> {
  const { wanted } = skimming.work;
  const price = await prices;
  const first: (CollectedFile | WholeFile)[] = [];
  await skimFiles(skimming, {
    started: (done, path) => progress(done, files.length, path),
    taken: (index, skimmed) => {
      const file = files[index];
      if (file !== undefined) first[index] = collectSkimmed(file, skimmed, price, wanted);
    },
  });
  const collected: CollectedFile[] = [];
  for (const found of first) collected.push('whole' in found ? await collectWhole(found, price, since) : found);
  progress(files.length, files.length, '');
  const together = await joined(collected, price);
  const once = eachOnce(together.sessions);
  return {
    sessions: wanted === 'usage' ? once.map(onlyUsage) : once,
    complaints: [...complaints, ...collected.flatMap((found) => found.complaints), ...together.complaints],
  };
}

/** The sessions of all files, with those of one run joined. */
async function joined(collected: readonly CollectedFile[], price: PriceList): Promise<CollectedSessions> {
  const sessions = collected.flatMap((found) => found.sessions);
  const pieces = collected.flatMap((found) => found.pieces);
  if (pieces.length === 0) return { sessions, complaints: [] };
  return (await import('./pieces.ts')).joinPlaces(pieces, sessions, price);
}

/** What one file yields before related files are read together. */
interface CollectedFile extends CollectedSessions {
  readonly pieces: readonly SessionPiece[];
}

/** A file that has to be read in full. */
interface WholeFile {
  readonly whole: FoundFile;
  readonly size: number;
  readonly zip: boolean;
}

/** What skimming a file yields, or that it has to be read in full. */
function collectSkimmed(
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
async function collectWhole(
  { whole: file, size, zip }: WholeFile,
  price: PriceList,
  since: Instant | null,
): Promise<CollectedFile> {
  const { MAX_FILE_BYTES, readWholeFile } = await import('./recognise.ts');
  if (size > MAX_FILE_BYTES) return onlyComplaint(file.path, `larger than ${MAX_FILE_BYTES / 1e6} MB: not read`);
  const bytes = await readWhole(file.path);
  if (typeof bytes === 'string') return onlyComplaint(file.path, bytes);
  if (zip) return await collectZip(file, bytes, price);
  return collectReading(file, readWholeFile(file.path, bytes, price, since), bytes);
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
