import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compileScanner, type KeepTape, openScanner } from './claude/transcript/scan/scanner.ts';
import type { Wanted } from './claude/transcript/tally.ts';
import { type FileList, type FoundFile, listFiles } from './files.ts';
import { CHUNK } from './json/line-feed.ts';
import { type SharedWork, type SkimmedAnswer, take } from './shared-work.ts';
import { type SkimmedFile, skimFile } from './skim-file.ts';

/** Reading this many bytes takes less time than another thread needs to start and warm up. */
const BYTES_PER_THREAD: Readonly<Record<Wanted, number>> = { all: 24_000_000, usage: 80_000_000 };
const MOST_THREADS = 8;

/** How many files are read before the answers of other threads are collected. */
const FILES_AT_ONCE = 4;

/** Files that are being skimmed. */
interface Skimming {
  readonly work: SharedWork;
  readonly helpers: readonly Helper[];
}

/** A thread that reads files as long as there are any. */
interface Helper {
  /** What it has read and nobody has collected yet. */
  readonly answers: SkimmedAnswer[];
  /** Resolves when it has answered again or has ended, successfully or not. True when it has ended. */
  readonly next: () => Promise<boolean>;
}

/** Receives the result of skimming each file, in the order in which threads finish. */
export interface SkimListener {
  /** Called before each file with the number of files done and the next file. */
  readonly started: (done: number, path: string) => void;
  readonly taken: (index: number, skimmed: SkimmedFile) => void;
  /** Keeps the tapes of files that this thread reads. Left out for plain copies. */
  readonly keep?: KeepTape | undefined;
}

/** The listed files, and their reading in progress. */
export interface Reading {
  readonly paths: readonly string[];
  readonly list: FileList;
  readonly skimming: Skimming;
}

/**
 * Lists the files at the given paths and starts reading them. `usage` skips everything in large transcripts that is not needed for
 * tokens and cost. This loads little code, so threads start while the rest is loading.
 */
export function startReading(paths: readonly string[], wanted: Wanted = 'all'): Reading {
  const list = listFiles(paths);
  return { paths, list, skimming: startSkimming(list.files, wanted) };
}

/** Starts skimming files. Large sets are shared among threads, which start while other code is loading. */
function startSkimming(files: readonly FoundFile[], wanted: Wanted): Skimming {
  const work = { files, wanted, next: new Int32Array(new SharedArrayBuffer(4)), module: compileScanner() };
  const helpers = Array.from({ length: threadsFor(files, wanted) - 1 }, () => helperWith(work));
  return { work, helpers };
}

/** Skims each file. */
export async function skimFiles({ work, helpers }: Skimming, { started, taken, keep }: SkimListener): Promise<void> {
  const { files, wanted } = work;
  const done = new Set<number>();
  const takeIn = ({ index, skimmed }: SkimmedAnswer): void => {
    done.add(index);
    taken(index, skimmed);
  };
  const takeAnswers = (): void => {
    for (const { answers } of helpers) for (const answer of answers.splice(0)) takeIn(answer);
  };
  const scanner = openScanner(CHUNK, work.module, keep);
  for (const [index, file] of untaken(work)) {
    started(done.size, file.path);
    takeIn({ index, skimmed: skimFile(file, wanted, scanner) });
    if (helpers.length > 0 && done.size % FILES_AT_ONCE === 0) await new Promise(setImmediate);
    takeAnswers();
  }
  await untilAnswered(helpers, () => {
    takeAnswers();
    return done.size === files.length;
  });
  takeAnswers();
  // Files that a thread took but did not answer are read here.
  for (const [index, file] of files.entries())
    if (!done.has(index)) takeIn({ index, skimmed: skimFile(file, wanted, scanner) });
}

/** The free files, one after the other. */
function* untaken(work: SharedWork): Iterable<readonly [number, FoundFile]> {
  for (let index = take(work); ; index = take(work)) {
    const file = work.files[index];
    if (file === undefined) return;
    yield [index, file];
  }
}

/** Resolves when everything is answered, or when no helper is left. */
async function untilAnswered(helpers: readonly Helper[], isDone: () => boolean): Promise<void> {
  for (const { next } of helpers) {
    let ended = false;
    while (!isDone() && !ended) ended = await next();
  }
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

/** Starts a thread. It only helps: if it ends early for any reason, its files are read without it. */
function helperWith(work: SharedWork): Helper {
  const answers: SkimmedAnswer[] = [];
  // It prints nothing, and to pass on what it might, streams would be made for both outputs of the process.
  const thread = new Worker(threadScript(), { workerData: work, stdout: true, stderr: true });
  let ended = false;
  let wake = (): void => undefined;
  const end = (): void => {
    ended = true;
    wake();
  };
  thread.on('message', (answer: SkimmedAnswer) => {
    answers.push(answer);
    wake();
  });
  thread.on('error', end).on('exit', end);
  const next = async (): Promise<boolean> => {
    if (!ended && answers.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return ended;
  };
  return { answers, next };
}

/** The location of the thread's program: next to this file in the sources, at the root of the bundle otherwise. */
function threadScript(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('./skim-thread.ts', here);
  return new URL(here.includes('/chunks/') ? '../skim-thread.js' : './skim-thread.js', here);
}
