import { parentPort } from 'node:worker_threads';
import { openScanner } from './claude/transcript/scan/scanner.ts';
import { CHUNK } from './json/line-feed.ts';
import { type SharedWork, type SkimmedAnswer, take } from './shared-work.ts';
import { type SkimmedFile, skimFile } from './skim-file.ts';

// The program of a helper thread: waits until it is told what to read, and ends when that is done.
parentPort?.once('message', help);

/** Reads one file after the other until none is left. */
function help(work: SharedWork): void {
  const scanner = openScanner(CHUNK, work.module);
  for (let index = take(work); ; index = take(work)) {
    const file = work.files[index];
    if (file === undefined) break;
    const answer: SkimmedAnswer = { index, skimmed: skimFile(file, work.wanted, scanner) };
    parentPort?.postMessage(answer, buffersOf(answer.skimmed));
  }
}

/** The memory of the tapes, which is handed over instead of copied. */
function buffersOf(skimmed: SkimmedFile): ArrayBuffer[] {
  if (skimmed.kind !== 'transcript') return [];
  return skimmed.pieces
    .flatMap((piece) => (piece.kind === 'tape' ? [piece.entries.buffer, piece.texts.buffer] : []))
    .filter((buffer) => buffer instanceof ArrayBuffer);
}
