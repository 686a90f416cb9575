import { compileScanner, type KeepTape, openScanner } from './claude/transcript/scan/scanner.ts';
import type { Wanted } from './claude/transcript/tally.ts';
import { type FileList, type FoundFile, listFiles } from './files.ts';
import { type Helper, startHelpers } from './helpers.ts';
import { CHUNK } from './json/line-feed.ts';
import { type SharedWork, type SkimmedAnswer, take } from './shared-work.ts';
import { type SkimmedFile, skimFile } from './skim-file.ts';

/** How many files are read before the answers of other threads are collected. */
const FILES_AT_ONCE = 4;

/** Files that are being skimmed. */
interface Skimming {
  readonly work: SharedWork;
  readonly helpers: readonly Helper[];
}

/** Called before each file and once at the end with the number of files done, the total, and the next file. */
export type Progress = (done: number, total: number, path: string) => void;

/** Receives the result of skimming each file, in the order in which threads finish. */
export type Taken = (index: number, file: FoundFile, skimmed: SkimmedFile) => void;

/** The listed files, and their reading in progress. */
export interface Reading {
  readonly paths: readonly string[];
  readonly list: FileList;
  readonly skimming: Skimming;
}

/**
 * Lists the files at the given paths and starts reading them. `usage` skips everything in large transcripts that is not needed for
 * tokens and cost. This loads little code, so threads read while the rest is loading.
 * @param helpers those that have been started for this; by default as many as are worth it.
 */
export function startReading(paths: readonly string[], wanted: Wanted = 'all', helpers?: readonly Helper[]): Reading {
  const list = listFiles(paths);
  const { files } = list;
  const work = { files, wanted, next: new Int32Array(new SharedArrayBuffer(4)), module: compileScanner() };
  const helping =
    helpers ??
    startHelpers(
      files.map((file) => file.path),
      wanted,
    );
  for (const helper of helping) helper.join(work);
  return { paths, list, skimming: { work, helpers: helping } };
}

/** Skims each file. `keep` keeps the tapes of those that this thread reads; without it they are plain copies. */
export async function skimFiles(
  { skimming }: Reading,
  progress: Progress,
  taken: Taken,
  keep?: KeepTape,
): Promise<void> {
  const { work, helpers } = skimming;
  const { files, wanted } = work;
  const done = new Set<number>();
  const takeIn = ({ index, skimmed }: SkimmedAnswer): void => {
    done.add(index);
    const file = files[index];
    if (file !== undefined) taken(index, file, skimmed);
  };
  const takeAnswers = (): void => {
    for (const { answers } of helpers) for (const answer of answers.splice(0)) takeIn(answer);
  };
  const scanner = openScanner(CHUNK, work.module, keep);
  for (const [index, file] of untaken(work)) {
    progress(done.size, files.length, file.path);
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
  progress(files.length, files.length, '');
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
