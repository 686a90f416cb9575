import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import { openFold } from './claude/transcript/fold/fold.ts';
import type { KeepTape } from './claude/transcript/scan/scanner.ts';
import {
  type CollectedFile,
  type CollectedSessions,
  collectSkimmed,
  collectWhole,
  type WholeFile,
} from './collect-file.ts';
import type { FileList, FoundFile } from './files.ts';
import { collectFolded, type ReadFile } from './fold-files.ts';
import { eachOnce } from './identity.ts';
import type { SkimmedFile } from './skim-file.ts';
import { type Reading, skimFiles, startReading } from './skim-files.ts';
import { onlyUsage } from './usage-only.ts';

export type { CollectedSessions };

/** Called before each file and once at the end with the number of files done, the total, and the next file. */
export type Progress = (done: number, total: number, path: string) => void;

/**
 * Reads the session files at the given paths: files, folders with everything below them, zips. A file given by name that is not a
 * session causes a complaint; other files in folders and zips are skipped. `since` is when the run of these sessions began. Null
 * counts everything.
 */
export async function collectSessions(
  paths: readonly string[],
  price: PriceList,
  progress: Progress,
  since: Instant | null = null,
): Promise<CollectedSessions> {
  const reading = startReading(paths);
  const first: (CollectedFile | WholeFile)[] = [];
  await skimAll(reading, progress, (index, file, skimmed) => {
    first[index] = collectSkimmed(file, skimmed, price, 'all');
  });
  return await putTogether(reading.list, first, price, since);
}

/** Finishes a reading that was started. Nothing else can be joined with its sessions. */
export async function finishReading(
  reading: Reading,
  price: PriceList,
  progress: Progress,
): Promise<CollectedSessions> {
  const { list, skimming } = reading;
  const { wanted } = skimming.work;
  const fold = openFold(wanted);
  const read: ReadFile[] = [];
  const taken: Taken = (index, file, skimmed) => {
    read[index] = { file, skimmed: skimmed.kind === 'transcript' ? fold.take(index, skimmed) : skimmed, whole: null };
  };
  await skimAll(reading, progress, taken, fold.keep);
  for (const each of read) each.whole = await wholeOf(each, price);
  const first = (): readonly (CollectedFile | WholeFile)[] =>
    read.map(({ file, skimmed, whole }) => whole ?? collectSkimmed(file, skimmed, price, wanted));
  const collected =
    collectFolded(read, list.complaints, fold, price) ?? (await putTogether(list, first(), price, null));
  return wanted === 'all' ? collected : { ...collected, sessions: collected.sessions.map(onlyUsage) };
}

type Taken = (index: number, file: FoundFile, skimmed: SkimmedFile) => void;

/** Skims all files and hands over what each yields, in the order in which threads finish. */
async function skimAll(
  { list: { files }, skimming }: Reading,
  progress: Progress,
  taken: Taken,
  keep?: KeepTape,
): Promise<void> {
  await skimFiles(skimming, {
    keep,
    started: (done, path) => progress(done, files.length, path),
    taken: (index, skimmed) => {
      const file = files[index];
      if (file !== undefined) taken(index, file, skimmed);
    },
  });
  progress(files.length, files.length, '');
}

/** What a file holds that is read in full anyway. Null for others. */
async function wholeOf({ file, skimmed }: ReadFile, price: PriceList): Promise<CollectedFile | null> {
  return skimmed.kind === 'whole' ? await collectWhole({ ...skimmed, whole: file }, price, null) : null;
}

/** Puts the files together one by one, and then each session of several files. */
async function putTogether(
  { complaints }: FileList,
  first: readonly (CollectedFile | WholeFile)[],
  price: PriceList,
  since: Instant | null,
): Promise<CollectedSessions> {
  const collected: CollectedFile[] = [];
  for (const found of first) collected.push('whole' in found ? await collectWhole(found, price, since) : found);
  const together = await joined(collected, price);
  return {
    sessions: eachOnce(together.sessions),
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
