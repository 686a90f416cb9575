import { lstatSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { sep } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Wanted } from './claude/transcript/tally.ts';
import type { SharedWork, SkimmedAnswer } from './shared-work.ts';
import { SKIPPED_FOLDERS } from './skipped-folders.ts';

/** A thread that reads files as long as there are any. */
export interface Helper {
  /** Has it take part in reading. Until then it does not keep the program alive. */
  readonly join: (work: SharedWork) => void;
  /** What it has read and nobody has collected yet. */
  readonly answers: SkimmedAnswer[];
  /** Resolves when it has answered again or has ended, successfully or not. True when it has ended. */
  readonly next: () => Promise<boolean>;
}

/** For less than this each, two threads take as long as one, because the second must start and warm up first. */
const BYTES_PER_THREAD: Readonly<Record<Wanted, number>> = { all: 50_000_000, usage: 80_000_000 };
/** Opening a file takes as long as reading this many bytes of one. */
const BYTES_PER_FILE = 20_000;
const MOST_THREADS = 8;

/**
 * Starts as many threads as will help to read what is at the given paths: none if that is little. A thread takes longer to start than
 * everything that comes before the first file, so they are best started before the rest of the program is loaded.
 */
export function startHelpers(paths: readonly string[], wanted: Wanted): readonly Helper[] {
  return Array.from({ length: threadsFor(paths, wanted) - 1 }, startThread)
    .filter((thread) => thread !== null)
    .map(helperOn);
}

/** How many threads, with this one, are worth their start. It complains of nothing: who reads the files does. */
export function threadsFor(
  paths: readonly string[],
  wanted: Wanted,
  processors: number = availableParallelism(),
): number {
  const each = BYTES_PER_THREAD[wanted];
  const most = Math.min(processors, MOST_THREADS);
  let [files, bytes] = [0, 0];
  for (const size of most > 1 ? sizesAt(paths, statSync) : []) {
    if (size !== null) files += 1;
    bytes += BYTES_PER_FILE + (size ?? 0);
    if (files >= most && bytes >= most * each) return most;
  }
  return Math.max(1, Math.min(files, Math.floor(bytes / each)));
}

/** The size in bytes of each file at the given paths and below them, and null for whatever else is there. */
function* sizesAt(paths: readonly string[], look: typeof lstatSync): Iterable<number | null> {
  for (const at of paths) {
    const found = sizeOrEntries(at, look);
    if (typeof found === 'number') yield found;
    else {
      yield null;
      // Links below are not followed, as in reading.
      yield* sizesAt(found, lstatSync);
    }
  }
}

/** The size of a file in bytes, or the paths of what is in a folder. */
function sizeOrEntries(at: string, look: typeof lstatSync): number | readonly string[] {
  try {
    const found = look(at, { throwIfNoEntry: false });
    return found?.isDirectory() ? entriesOf(at) : (found?.size ?? []);
  } catch {
    return [];
  }
}

function entriesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !SKIPPED_FOLDERS.includes(name))
    .map((name) => folder + sep + name);
}

/** Starts a thread. Null where none may be started: the system allows only so many, and Node can be told to allow none. */
function startThread(): Worker | null {
  // Taken here because loading it takes a tenth of the time in which an empty program runs, and most programs start no thread.
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  try {
    // It prints nothing, and to pass on what it might, streams would be made for both outputs of the process.
    return new Worker(threadScript(), { stdout: true, stderr: true });
  } catch {
    return null;
  }
}

/** What a thread does is only help: if it ends early for any reason, its files are read without it. */
function helperOn(thread: Worker): Helper {
  const answers: SkimmedAnswer[] = [];
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
  // Only now, because listening to it keeps the program alive.
  thread.unref();
  const join = (work: SharedWork): void => {
    thread.ref();
    thread.postMessage(work);
  };
  const next = async (): Promise<boolean> => {
    if (!ended && answers.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return ended;
  };
  return { join, answers, next };
}

/** The location of the thread's program: next to this file in the sources, at the root of the bundle otherwise. */
function threadScript(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('./skim-thread.ts', here);
  return new URL(here.includes('/chunks/') ? '../skim-thread.js' : './skim-thread.js', here);
}
