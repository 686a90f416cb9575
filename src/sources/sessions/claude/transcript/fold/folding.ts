import { CHANGES } from '../../tools.ts';
import type { Snapshot } from '../noted.ts';
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
  readonly claim: (size: number) => number;
  readonly tellChanger: (place: number, size: number, changes: number) => void;
  readonly beginFile: (file: number, damaged: boolean) => void;
  readonly takeTape: (entries: number, end: number, texts: number) => void;
  readonly isRefused: () => number;
  readonly isExhausted: () => number;
  readonly parts: () => number;
  readonly rates: () => number;
  readonly price: () => number;
  readonly failedResults: () => number;
  readonly begin: () => void;
  readonly next: () => number;
  readonly placeOfPart: () => number;
  readonly placeOfUsage: () => number;
  readonly placeOfWork: () => number;
  readonly placeOfTurns: () => number;
  readonly placeOfModelNames: () => number;
  readonly placeOfToolNames: () => number;
}

/** The program with its memory. */
export interface Folding {
  readonly program: Program;
  readonly memory: ProgramMemory;
  /** A place for this many bytes that are soon forgotten. */
  readonly desk: (size: number) => number;
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
  let desk = { place: 0, size: 0 };
  const folding: Folding = {
    program,
    memory,
    snapshots: [],
    desk: (wanted) => {
      if (wanted > desk.size) desk = { place: program.claim(wanted), size: wanted };
      return desk.place;
    },
  };
  for (const [tool, path] of CHANGES) program.tellChanger(copied(folding, Buffer.from(tool)), tool.length, PATHS[path]);
  return folding;
}

/** Hands what was read of a file to the program. False when some of its rows cannot be written on a tape. */
export function takeFile(
  folding: Folding,
  file: number,
  { pieces, flaws }: ScannedTranscript,
  wanted: Wanted,
): boolean {
  folding.program.beginFile(file, flaws.length > 0);
  let index = 0;
  for (const [place, piece] of pieces.entries()) {
    if (piece.kind === 'tape') {
      takeTape(folding, piece);
      // Rows have to be counted only for those that follow.
      if (place < pieces.length - 1) index += rowsOn(piece);
      continue;
    }
    const tape = tapeOfRows(piece.rows, index, folding.snapshots.length, wanted);
    if (tape === null) return false;
    index += piece.rows.length;
    folding.snapshots.push(...tape.snapshots);
    takeTape(folding, tape);
  }
  return true;
}

function takeTape(folding: Folding, { entries, texts }: WrittenTape): void {
  const { memory, program } = folding;
  const place = folding.desk(entries.byteLength);
  memory.write(place, new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength));
  program.takeTape(place, place + entries.byteLength, copied(folding, texts));
}

/** The rows of a tape: the sum over its stretches. */
function rowsOn({ entries }: WrittenTape): number {
  let rows = 0;
  for (let at = 0; at < entries.length; at += FIELDS) if (entries[at] === ENTRY.stretch) rows += entries[at + 2] ?? 0;
  return rows;
}

function copied({ program, memory }: Folding, bytes: Uint8Array): number {
  const place = program.claim(bytes.length);
  memory.write(place, bytes);
  return place;
}
