import type { Wanted } from './claude/transcript/tally.ts';
import type { FoundFile } from './files.ts';
import type { SkimmedFile } from './skim-file.ts';

/** What threads share: the files, and the number of the next one that nobody has taken. */
export interface SharedWork {
  readonly files: readonly FoundFile[];
  readonly wanted: Wanted;
  readonly next: Int32Array;
  /** The compiled program of the scanner: what one thread has made fast is fast for all. */
  readonly module: WebAssembly.Module;
}

/** What a thread answers. */
export interface SkimmedAnswer {
  readonly index: number;
  readonly skimmed: SkimmedFile;
}

/** The number of a file that nobody has taken; as many as there are files, or more, when none is left. */
export function take({ next }: SharedWork): number {
  return Atomics.add(next, 0, 1);
}
