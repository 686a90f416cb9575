import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compileScanner, openScanner } from './claude/transcript/scan/scanner.ts';
import type { Wanted } from './claude/transcript/tally.ts';
import type { FoundFile } from './files.ts';
import { CHUNK } from './json/line-feed.ts';
import { type SharedWork, type SkimmedAnswer, take } from './shared-work.ts';
import { type SkimmedFile, skimFile } from './skim-file.ts';

/** Told before each file: how many files are done, and the one that comes next. */
type Started = (done: number, path: string) => void;

/** Another thread takes longer to start, and to make its code fast, than reading so many bytes does. */
const BYTES_PER_THREAD: Readonly<Record<Wanted, number>> = { all: 24_000_000, usage: 80_000_000 };
const MOST_THREADS = 8;

/** So many files are read before the answers of other threads are taken in. */
const FILES_AT_ONCE = 8;

/** Gives each file its first reading, in order; large piles are shared out among threads. */
export async function skimFiles(
  files: readonly FoundFile[],
  wanted: Wanted,
  started: Started,
): Promise<readonly SkimmedFile[]> {
  const module = compileScanner();
  const work: SharedWork = { files, wanted, next: new Int32Array(new SharedArrayBuffer(4)), module };
  const found = new Map<number, SkimmedFile>();
  const scanner = openScanner(CHUNK, module);
  const helping = Array.from({ length: threadsFor(files, wanted) - 1 }, () => helped(work, found));
  for (let index = take(work); index < files.length; index = take(work)) {
    const file = files[index];
    if (file === undefined) break;
    started(found.size, file.path);
    found.set(index, skimFile(file, wanted, scanner));
    if (helping.length > 0 && found.size % FILES_AT_ONCE === 0) await new Promise(setImmediate);
  }
  await Promise.all(helping);
  // What a thread took and did not answer is read here.
  return files.map((file, index) => found.get(index) ?? skimFile(file, wanted, scanner));
}

function threadsFor(files: readonly FoundFile[], wanted: Wanted): number {
  const each = BYTES_PER_THREAD[wanted];
  const most = files.length < 2 ? 1 : Math.min(availableParallelism(), MOST_THREADS);
  let bytes = 0;
  for (const { path } of most > 1 ? files : []) {
    bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes >= most * each) return most;
  }
  return Math.max(1, Math.floor(bytes / each));
}

/** Starts a thread that takes files as long as there are any; comes back when it has ended, whether well or not. */
function helped(work: SharedWork, found: Map<number, SkimmedFile>): Promise<void> {
  return new Promise((resolve) => {
    const thread = new Worker(threadScript(), { workerData: work, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    thread.on('message', ({ index, skimmed }: SkimmedAnswer) => found.set(index, skimmed));
    // It only helps: whatever ends it early, its files are read without it.
    thread.on('error', () => resolve()).on('exit', () => resolve());
  });
}

/** Where the thread's program lies: beside this file in the sources, at the root of the bundle otherwise. */
function threadScript(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('./skim-thread.ts', here);
  return new URL(here.includes('/chunks/') ? '../skim-thread.js' : './skim-thread.js', here);
}
