import type { Wanted } from './claude/transcript/tally.ts';
import type { FoundFile } from './files.ts';
import type { SkimmedFile } from './skim-file.ts';

/** What threads share: the files, and the index of the next free one. */
export interface SharedWork {
  readonly files: readonly FoundFile[];
  readonly wanted: Wanted;
  readonly next: Int32Array;
  /** The compiled scanner, so that code optimised in one thread is fast in all of them. */
  readonly module: WebAssembly.Module;
}

/** A thread's answer. */
export interface SkimmedAnswer {
  readonly index: number;
  readonly skimmed: SkimmedFile;
}

/** Takes the index of the next free file. It is at least the number of files when none is left. */
export function take({ next }: SharedWork): number {
  return Atomics.add(next, 0, 1);
}
