import { type SkimmedTranscript, skimTranscript, type Wanted } from './claude/transcript/skim.ts';
import { type FoundFile, openFile, orReasonNow } from './files.ts';
import { isZip, mayBeSession } from './head.ts';
import type { ScannedBytes } from './json/scan.ts';

/** What a first reading of a file gives. Plain data, so that one thread can read it for another. */
export type SkimmedFile =
  /** No session file, and nobody asked for this very file. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | ({ readonly kind: 'transcript' } & SkimmedTranscript)
  /** To be read whole. */
  | { readonly kind: 'whole'; readonly size: number; readonly zip: boolean };

const HEAD_BYTES = 4_096;

/** Reads a file as far as that goes in bounded memory. `room` is for its bytes, and may be used again. */
export function skimFile(file: FoundFile, wanted: Wanted, room: ScannedBytes): SkimmedFile {
  const opened = openFile(file.path, HEAD_BYTES);
  if (typeof opened === 'string') return { kind: 'failed', reason: opened };
  const { head, size, source, close } = opened;
  const zip = isZip(head);
  try {
    if (!file.named && !zip && !mayBeSession(head)) return { kind: 'passed' };
    const found = zip ? null : orReasonNow(() => skimTranscript(source, room, wanted));
    if (found === null) return { kind: 'whole', size, zip };
    return typeof found === 'string' ? { kind: 'failed', reason: found } : { kind: 'transcript', ...found };
  } finally {
    close();
  }
}
