import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { PriceList } from '../prices/price-list.ts';
import { findSessions } from '../zip/find-sessions.ts';
import { MAX_SESSIONS } from './claude/transcript/parse.ts';
import { putTogether } from './claude/transcript/skimmed.ts';
import type { Wanted } from './claude/transcript/tally.ts';
import { complainOf, type FoundFile, listFiles, readWhole } from './files.ts';
import type { Complaint } from './format.ts';
import { eachOnce, type FoundSession, foundTranscript, identify } from './identity.ts';
import { joinPlaces, type SessionPiece } from './pieces.ts';
import { complaintsOfSkimmed, MAX_FILE_BYTES, readWholeFile, type SessionFileReading } from './recognise.ts';
import type { SkimmedFile } from './skim-file.ts';
import { skimFiles } from './skim-files.ts';
import { onlyUsage } from './usage-only.ts';

/** The sessions that files hold, each once, and what could not be read. */
export interface CollectedSessions {
  readonly sessions: readonly FoundSession[];
  readonly complaints: readonly Complaint[];
}

/** Told before each file and once at the end: how many files are done, of how many, and the one that comes next. */
export type Progress = (done: number, total: number, path: string) => void;

/**
 * Reads the session files at the paths given: files, folders with all below them, zips. A file that a person names and that
 * is no session is complained of; other files in folders and zips are passed over. The prices may still be loaded while files are
 * read.
 */
export async function collectSessions(
  paths: readonly string[],
  prices: PriceList | Promise<PriceList>,
  progress: Progress,
  wanted: Wanted = 'all',
): Promise<CollectedSessions> {
  const { files, complaints } = listFiles(paths);
  const skimmed = await skimFiles(files, wanted, (done, path) => progress(done, files.length, path));
  const price = await prices;
  const sessions: FoundSession[] = [];
  const pieces: SessionPiece[] = [];
  const problems: Complaint[] = [...complaints];
  for (const [index, file] of files.entries()) {
    const first = skimmed[index];
    if (first === undefined) continue;
    const found = await collectFile(file, first, price, wanted);
    sessions.push(...found.sessions);
    pieces.push(...found.pieces);
    problems.push(...found.complaints);
  }
  progress(files.length, files.length, '');
  const together = joinPlaces(pieces, sessions, price);
  const once = eachOnce(together.sessions);
  return {
    sessions: wanted === 'usage' ? once.map(onlyUsage) : once,
    complaints: [...problems, ...together.complaints],
  };
}

/** What one file gives before files that belong together are read together. */
interface CollectedFile extends CollectedSessions {
  readonly pieces: readonly SessionPiece[];
}

async function collectFile(
  file: FoundFile,
  first: SkimmedFile,
  price: PriceList,
  wanted: Wanted,
): Promise<CollectedFile> {
  switch (first.kind) {
    case 'passed':
      return NOTHING;
    case 'failed':
      return onlyComplaint(file.path, first.reason);
    case 'transcript':
      return await collectTranscript(file, first, price, wanted);
    case 'whole':
      return await collectWhole(file, first, price);
    default:
      return first satisfies never;
  }
}

async function collectTranscript(
  file: FoundFile,
  scanned: SkimmedFile & { readonly kind: 'transcript' },
  price: PriceList,
  wanted: Wanted,
): Promise<CollectedFile> {
  const skimmed = putTogether(scanned, wanted, price);
  if (skimmed === null) return await collectWhole(file, { kind: 'whole', size: scanned.size, zip: false }, price);
  const sessions = skimmed.parts.slice(0, MAX_SESSIONS).map((part) => foundTranscript(file.path, part));
  return { sessions, complaints: complaintsOfSkimmed(file.path, skimmed), pieces: [] };
}

async function collectWhole(
  file: FoundFile,
  { size, zip }: SkimmedFile & { readonly kind: 'whole' },
  price: PriceList,
): Promise<CollectedFile> {
  if (size > MAX_FILE_BYTES) return onlyComplaint(file.path, `larger than ${MAX_FILE_BYTES / 1e6} MB: not read`);
  const bytes = await readWhole(file.path);
  if (typeof bytes === 'string') return onlyComplaint(file.path, bytes);
  if (zip) return await collectZip(file, bytes, price);
  return collectReading(file, readWholeFile(file.path, bytes, price), bytes);
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
