import type { PriceList } from '../prices/price-list.ts';
import { openFold } from './claude/transcript/fold/fold.ts';
import type { CollectedFile, CollectedSessions } from './collect-file.ts';
import { collectFolded, type ReadFile } from './fold-files.ts';
import { type Progress, type Reading, skimFiles, type Taken } from './skim-files.ts';
import { onlyUsage } from './usage-only.ts';

/**
 * Finishes a reading that was started. Nothing else can be joined with its sessions. The code that puts files together one by one
 * is loaded only if that is necessary.
 */
export async function finishReading(
  reading: Reading,
  price: PriceList,
  progress: Progress,
): Promise<CollectedSessions> {
  const { wanted } = reading.skimming.work;
  const fold = openFold(wanted);
  const read: ReadFile[] = [];
  const taken: Taken = (index, file, skimmed) => {
    read[index] = { file, skimmed: skimmed.kind === 'transcript' ? fold.take(index, skimmed) : skimmed, whole: null };
  };
  await skimFiles(reading, progress, taken, fold.keep);
  for (const each of read) each.whole = await wholeOf(each, price);
  const folded = collectFolded(read, reading.list.complaints, fold, price);
  const collected = folded ?? (await oneByOne(reading, read, price));
  return wanted === 'all' ? collected : { ...collected, sessions: collected.sessions.map(onlyUsage) };
}

/** What a file holds that is read in full anyway. Null for others. */
async function wholeOf({ file, skimmed }: ReadFile, price: PriceList): Promise<CollectedFile | null> {
  if (skimmed.kind !== 'whole') return null;
  const { collectWhole } = await import('./collect-file.ts');
  return await collectWhole({ ...skimmed, whole: file }, price, null);
}

async function oneByOne(
  { list, skimming }: Reading,
  read: readonly ReadFile[],
  price: PriceList,
): Promise<CollectedSessions> {
  const { collectSkimmed, putTogether } = await import('./collect.ts');
  const first = read.map(
    ({ file, skimmed, whole }) => whole ?? collectSkimmed(file, skimmed, price, skimming.work.wanted),
  );
  return await putTogether(list, first, price, null);
}
