import type { Scanner } from './claude/transcript/scan/scanner.ts';
import { type ScannedTranscript, scanTranscript } from './claude/transcript/skim.ts';
import type { Wanted } from './claude/transcript/tally.ts';
import { type FoundFile, openFile, orReasonNow } from './files.ts';
import { isGzip, isZip, mayBeSession } from './head.ts';

/** The result of skimming a file. Plain data, so that one thread can read it for another. */
export type SkimmedFile =
  /** Not a session file, and not asked for by name. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | ({ readonly kind: 'transcript'; readonly size: number } & ScannedTranscript)
  /** To be read in full. */
  | { readonly kind: 'whole'; readonly size: number; readonly zip: boolean };

/** Of most other files only the beginning has to be read, since they hold no session. */
const TRANSCRIPT = /\.jsonl$/;
const HEAD = 4_096;

/** In a folder, other packed files are none of ours. */
const PACKED = /\.jsonl\.gz$/;

/** Reads a file as far as possible in bounded memory. */
export function skimFile(file: FoundFile, wanted: Wanted, scanner: Scanner): SkimmedFile {
  // A long line of the previous file may have widened the room.
  scanner.begin();
  const room = scanner.room();
  const opened = openFile(file.path, TRANSCRIPT.test(file.path) ? room : room.subarray(0, HEAD));
  if (typeof opened === 'string') return { kind: 'failed', reason: opened };
  const { head, source, close } = opened;
  const { size } = source;
  const zip = isZip(head);
  try {
    if (isGzip(head) && (file.named || PACKED.test(file.path))) return { kind: 'failed', reason: GZIP };
    if (!file.named && !zip && !mayBeSession(head, file.path)) return { kind: 'passed' };
    const found = zip ? null : orReasonNow(() => scanTranscript(source, scanner, wanted));
    if (found === null) return { kind: 'whole', size, zip };
    return typeof found === 'string' ? { kind: 'failed', reason: found } : { kind: 'transcript', size, ...found };
  } finally {
    close();
  }
}

const GZIP = 'packed with gzip: not read. Unpack it first';
