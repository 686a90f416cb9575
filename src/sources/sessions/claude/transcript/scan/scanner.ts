import { numberOfClass, SIGNS, STARTS } from '../../errors.ts';
import { PROGRAM } from './program.ts';

/** What the program exports: see assembly/index.ts. Places are byte offsets in its memory. */
interface Program {
  readonly memory: WebAssembly.Memory;
  readonly tellWord: (size: number, error: number) => void;
  readonly tellUsual: (error: number) => void;
  readonly scan: (at: number, to: number, usageOnly: boolean) => number;
  readonly begin: () => void;
  readonly sizeOfLines: (filled: number) => number;
  readonly moveUp: (from: number, size: number) => void;
  readonly finish: () => void;
  readonly clear: () => void;
  readonly full: WebAssembly.Global;
  readonly certain: WebAssembly.Global;
  readonly lines: WebAssembly.Global;
  readonly ROOM: WebAssembly.Global;
  readonly ENTRIES: WebAssembly.Global;
  readonly entriesEnd: WebAssembly.Global;
  readonly TEXTS: WebAssembly.Global;
  readonly textsEnd: WebAssembly.Global;
}

/** The scanner's output for some rows: numbers, and the texts that they refer to by place and size, with one letter per byte. */
export interface TapePiece {
  readonly kind: 'tape';
  readonly entries: Int32Array;
  readonly texts: Uint8Array;
}

/** Keeps what is in the scanner's memory for the moment, and returns it as it is kept. */
export type KeepTape = (entries: Int32Array, texts: Uint8Array) => TapePiece;

/** The transcript scanner with its memory, which can be reused from file to file. */
export interface Scanner {
  /** Room for the bytes to be scanned. */
  readonly room: () => Buffer;
  /** Doubles the room and keeps its contents. */
  readonly widen: () => void;
  /** Moves what is between two places of the room to its beginning. */
  readonly moveUp: (from: number, to: number) => void;
  /** The end of the last complete line among so many bytes of the room. 0 if none is complete. */
  readonly endOfLines: (filled: number) => number;
  /** Forgets the previous file and shrinks the room again, whose contents stay. */
  readonly begin: () => void;
  /**
   * Reads the lines between two places of the room. It stops at the first line that the host's parser might read differently.
   * Returns that line's start, or `to`.
   */
  readonly scan: (from: number, to: number, usageOnly: boolean) => number;
  /** The output since the last call, for everything scanned so far. */
  readonly take: () => readonly TapePiece[];
  /** Whether some row proved that the file is a transcript. */
  readonly isCertain: () => boolean;
  readonly linesRead: () => number;
}

/** The compiled program, which threads may share. */
export function compileScanner(): WebAssembly.Module {
  return new WebAssembly.Module(Buffer.from(PROGRAM, 'base64'));
}

/** The program may look at this many bytes past those that it reads. */
const SPARE = 128;
const PAGE = 1 << 16;

/** A scanner with room for this many bytes. Unless told otherwise, it keeps its output as copies. */
export function openScanner(
  size: number,
  module: WebAssembly.Module = compileScanner(),
  keep: KeepTape = copyOf,
): Scanner {
  const program = new WebAssembly.Instance(module).exports as unknown as Program;
  const place = program.ROOM.value;
  const narrow = roomOf(program, size);
  let room = narrow;
  tellFailures(program, room);
  let pieces: TapePiece[] = [];
  const takeTape = (): void => {
    if (program.entriesEnd.value > program.ENTRIES.value) pieces.push(tapeOf(program, keep));
    program.clear();
  };
  return {
    room: () => room,
    widen: () => {
      room = roomOf(program, 2 * room.length);
    },
    endOfLines: (filled) => program.sizeOfLines(filled),
    moveUp: (from, to) => program.moveUp(place + from, to - from),
    begin: () => {
      room = narrow;
      pieces = [];
      program.begin();
    },
    scan: (from, to, usageOnly) => {
      let at = place + from;
      for (;;) {
        at = program.scan(at, place + to, usageOnly);
        if (program.full.value === 0) return at - place;
        takeTape();
      }
    },
    take: () => {
      program.finish();
      takeTape();
      const taken = pieces;
      pieces = [];
      return taken;
    },
    isCertain: () => program.certain.value !== 0,
    linesRead: () => program.lines.value,
  };
}

/** Stands for a class that the text has to be read for. */
const UNJUDGED = -1;

/** Says by which words the program tells why calls failed. They are handed over in the room. */
function tellFailures(program: Program, room: Buffer): void {
  for (const [start, error] of STARTS) program.tellWord(room.write(start), numberOfClass(error));
  for (const sign of SIGNS) program.tellWord(room.write(sign), UNJUDGED);
  program.tellUsual(numberOfClass('other'));
}

function roomOf({ memory, ROOM }: Program, size: number): Buffer {
  const missing = ROOM.value + size + SPARE - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return Buffer.from(memory.buffer, ROOM.value, size);
}

function tapeOf({ memory, ENTRIES, entriesEnd, TEXTS, textsEnd }: Program, keep: KeepTape): TapePiece {
  const entries = new Int32Array(memory.buffer, ENTRIES.value, (entriesEnd.value - ENTRIES.value) / 4);
  return keep(entries, new Uint8Array(memory.buffer, TEXTS.value, textsEnd.value - TEXTS.value));
}

/** Keeps a tape as a copy. */
export function copyOf(entries: Int32Array, texts: Uint8Array): TapePiece {
  return { kind: 'tape', entries: entries.slice(), texts: texts.slice() };
}
