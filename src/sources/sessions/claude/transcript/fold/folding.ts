import { CHANGES } from '../../tools.ts';
import type { Snapshot } from '../noted.ts';
import type { Piece } from '../parts.ts';
import type { TapePiece } from '../scan/scanner.ts';
import type { ScannedTranscript } from '../skim.ts';
import type { Wanted } from '../tally.ts';
import { type ProgramMemory, viewOf } from './memory.ts';
import { PROGRAM } from './program.ts';
import { tapeOfRows } from './row-tape.ts';
import { ENTRY, FIELDS, type WrittenTape } from './tape-writer.ts';

/** What the program exports: see assembly/index.ts. Places are byte offsets in its memory, and 0 is none. */
interface Program {
  readonly memory: WebAssembly.Memory;
  readonly seedWith: (seed: number) => void;
  readonly reserve: (size: number) => number;
  readonly tellChanger: (place: number, size: number, changes: number) => void;
  readonly beginFile: (file: number, damaged: boolean) => void;
  readonly takeTape: (entries: number, end: number, texts: number) => void;
  readonly price: () => number;
  readonly askedResults: () => number;
  readonly begin: () => void;
  readonly next: () => number;
  readonly crowded: WebAssembly.Global;
  readonly shared: WebAssembly.Global;
  readonly exhausted: WebAssembly.Global;
  readonly firstPart: WebAssembly.Global;
  readonly firstRate: WebAssembly.Global;
  readonly models: WebAssembly.Global;
  readonly tools: WebAssembly.Global;
  readonly part: WebAssembly.Global;
  readonly usage: WebAssembly.Global;
  readonly work: WebAssembly.Global;
  readonly turns: WebAssembly.Global;
}

/** The program with its memory. */
export interface Folding {
  readonly program: Program;
  readonly memory: ProgramMemory;
  /** What Claude Code noted, by the numbers of the notes. */
  readonly snapshots: Snapshot[];
}

/** The paths of a call by their numbers in the program. */
const PATHS = { file_path: 1, notebook_path: 2 } as const;

/** The program in a memory of its own. */
export function openFolding(): Folding {
  const program = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(PROGRAM, 'base64')))
    .exports as unknown as Program;
  program.seedWith(Math.floor(Math.random() * 2 ** 31));
  const memory = viewOf(program.memory);
  const folding: Folding = { program, memory, snapshots: [] };
  for (const [tool, path] of CHANGES) program.tellChanger(copied(folding, Buffer.from(tool)), tool.length, PATHS[path]);
  return folding;
}

/** A tape in the memory of a program. That is shared and so never moves, and all looks at it stay good. */
interface KeptTape extends TapePiece {
  readonly kept: true;
}

/** Copies a tape into the memory of the program. */
export function keepTape(folding: Folding, { entries, texts }: WrittenTape): KeptTape {
  const from = copied(folding, new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength));
  const letters = copied(folding, texts);
  const { buffer } = folding.program.memory;
  return {
    kind: 'tape',
    kept: true,
    entries: new Int32Array(buffer, from, entries.length),
    texts: new Uint8Array(buffer, letters, texts.length),
  };
}

function kept(folding: Folding, piece: TapePiece | KeptTape): KeptTape {
  return 'kept' in piece ? piece : keepTape(folding, piece);
}

/**
 * Hands what was read of a file to the program. Returns it with its tapes in the program's memory, or null when some of its rows cannot
 * be written on a tape.
 */
export function takeFile(
  folding: Folding,
  file: number,
  { pieces, flaws }: ScannedTranscript,
  wanted: Wanted,
): readonly Piece[] | null {
  folding.program.beginFile(file, flaws.length > 0);
  const taken: Piece[] = [];
  let index = 0;
  for (const [place, piece] of pieces.entries()) {
    if (piece.kind === 'tape') {
      taken.push(takeTape(folding, kept(folding, piece)));
      // Rows have to be counted only for those that follow.
      if (place < pieces.length - 1) index += rowsOn(piece);
      continue;
    }
    const tape = tapeOfRows(piece.rows, index, folding.snapshots.length, wanted);
    if (tape === null) return null;
    index += piece.rows.length;
    for (const snapshot of tape.snapshots) folding.snapshots.push(snapshot);
    takeTape(folding, keepTape(folding, tape));
    taken.push(piece);
  }
  return taken;
}

function takeTape({ program }: Folding, tape: KeptTape): KeptTape {
  const { byteOffset: from, byteLength } = tape.entries;
  program.takeTape(from, from + byteLength, tape.texts.byteOffset);
  return tape;
}

/** The rows of a tape: the sum over its stretches. */
function rowsOn({ entries }: WrittenTape): number {
  let rows = 0;
  for (let at = 0; at < entries.length; at += FIELDS) if (entries[at] === ENTRY.stretch) rows += entries[at + 2] ?? 0;
  return rows;
}

function copied({ program, memory }: Folding, bytes: Uint8Array): number {
  const place = program.reserve(bytes.length);
  memory.write(place, bytes);
  return place;
}
