import type { PriceList } from '../prices/price-list.ts';
import type { Fold } from './claude/transcript/fold/fold.ts';
import { readingFrom } from './claude/transcript/reading.ts';
import { type CollectedFile, type CollectedSessions, collectSkimmed, collectWhole, NOTHING } from './collect-file.ts';
import { complaintsOfFlaws } from './complaints.ts';
import type { FoundFile } from './files.ts';
import type { Complaint } from './format.ts';
import type { FoundSession } from './found-session.ts';
import type { SkimmedFile } from './skim-file.ts';

/** A file, what skimming it yielded, and what it holds if it was read in full. */
export interface ReadFile {
  readonly file: FoundFile;
  readonly skimmed: SkimmedFile;
  whole: CollectedFile | null;
}

/**
 * All files that were folded, as one collection. Null unless every session is in transcripts of the plain kind; then they have to be
 * put together one by one, which takes longer.
 */
export async function collectFolded(
  read: readonly ReadFile[],
  complaints: readonly Complaint[],
  fold: Fold,
  price: PriceList,
): Promise<CollectedSessions | null> {
  const others = read.some(({ whole }) => whole !== null && holdsSessions(whole));
  const folded = others ? null : fold.finish(price);
  if (folded === null) return null;
  const told = [...complaints];
  for (const [index, each] of read.entries()) {
    const collected = each.whole ?? (await collectRest(each, folded.silent.has(index), price));
    if (holdsSessions(collected)) return null;
    told.push(...collected.complaints);
  }
  const sessions = folded.sessions.map(({ id, file, sums, shares }): FoundSession => {
    return { id, path: read[file]?.file.path ?? '', reading: readingFrom(sums), shares, part: null };
  });
  return { sessions, complaints: told };
}

function holdsSessions({ sessions, pieces }: CollectedFile): boolean {
  return sessions.length + pieces.length > 0;
}

/** What is to be said of a file besides its folded sessions. A transcript in which nobody speaks may be something else. */
async function collectRest(
  { file, skimmed: first }: ReadFile,
  silent: boolean,
  price: PriceList,
): Promise<CollectedFile> {
  if (first.kind === 'transcript' && !silent)
    return { ...NOTHING, complaints: complaintsOfFlaws(file.path, first.flaws) };
  const found =
    first.kind === 'transcript'
      ? { whole: file, size: first.size, zip: false }
      : collectSkimmed(file, first, price, 'all');
  return 'whole' in found ? await collectWhole(found, price, null) : found;
}
