import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import {
  type CollectedFile,
  type CollectedSessions,
  collectSkimmed,
  collectWhole,
  type WholeFile,
} from './collect-file.ts';
import type { FileList } from './files.ts';
import { eachOnce } from './identity.ts';
import { type Progress, skimFiles, startReading } from './skim-files.ts';

export { type CollectedSessions, collectSkimmed };

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
  await skimFiles(reading, progress, (index, file, skimmed) => {
    first[index] = collectSkimmed(file, skimmed, price, 'all');
  });
  return await putTogether(reading.list, first, price, since);
}

/** Puts the files together one by one, and then each session of several files. */
export async function putTogether(
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
