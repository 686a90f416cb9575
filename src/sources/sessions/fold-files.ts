import type { PriceList } from '../prices/price-list.ts';
import type { Fold } from './claude/transcript/fold/fold.ts';
import { readingFrom } from './claude/transcript/reading.ts';
import type { CollectedFile, CollectedSessions } from './collect-file.ts';
import { complaintsOfFlaws } from './complaints.ts';
import { complainOf, type FoundFile } from './files.ts';
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
export function collectFolded(
  read: readonly ReadFile[],
  complaints: readonly Complaint[],
  fold: Fold,
  price: PriceList,
): CollectedSessions | null {
  const others = read.some(({ whole }) => whole !== null && holdsSessions(whole));
  const folded = others ? null : fold.finish(price);
  if (folded === null) return null;
  const told = read.flatMap(complaintsIn);
  const sessions = folded.map(({ id, file, sums, shares }): FoundSession => {
    return { id, path: read[file]?.file.path ?? '', reading: readingFrom(sums), shares, part: null };
  });
  return { sessions, complaints: [...complaints, ...told] };
}

function holdsSessions({ sessions, pieces }: CollectedFile): boolean {
  return sessions.length + pieces.length > 0;
}

/** What is to be said of a file besides its sessions. */
function complaintsIn({ file, skimmed, whole }: ReadFile): readonly Complaint[] {
  if (whole !== null) return whole.complaints;
  switch (skimmed.kind) {
    case 'transcript':
      return complaintsOfFlaws(file.path, skimmed.flaws);
    case 'failed':
      return [complainOf(file.path, skimmed.reason)];
    default:
      return [];
  }
}
