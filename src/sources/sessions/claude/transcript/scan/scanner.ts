import { PROGRAM } from './program.ts';

/** What the program exports: see assembly/index.ts. Places are bytes of its memory. */
interface Program {
  readonly memory: WebAssembly.Memory;
  readonly scan: (at: number, to: number, usageOnly: boolean) => number;
  readonly begin: () => void;
  readonly finish: () => void;
  readonly clear: () => void;
  readonly wasFull: () => number;
  readonly wasCertain: () => number;
  readonly linesRead: () => number;
  readonly sizeOfEntries: () => number;
  readonly sizeOfTexts: () => number;
  readonly placeOfRoom: () => number;
  readonly placeOfEntries: () => number;
  readonly placeOfTexts: () => number;
}

/** What the scanner tells of rows: numbers, and the texts that they name by place and size, a letter for each byte. */
export interface TapePiece {
  readonly kind: 'tape';
  readonly entries: Int32Array;
  readonly texts: string;
}

/** The scanner of transcripts with its memory, which serves one file after the other. */
export interface Scanner {
  /** Room for the bytes to be scanned; a byte more may be written behind it. */
  readonly room: () => Buffer;
  /** Doubles the room. What is in it stays. */
  readonly widen: () => void;
  /** Forgets the file before, and that it needed a wider room. */
  readonly begin: () => void;
  /**
   * Reads the lines between two places of the room, behind which a line break stands, as far as each is written so plainly that it is
   * sure to be read as the parser of the language reads it. Where it stopped: `to`, or where a line begins that is not.
   */
  readonly scan: (from: number, to: number, usageOnly: boolean) => number;
  /** What was read since the last time, of all that was scanned so far. */
  readonly take: () => readonly TapePiece[];
  /** Whether a row told for certain that the file is a transcript. */
  readonly isCertain: () => boolean;
  readonly linesRead: () => number;
}

/** The compiled program, which threads may share. */
export function compileScanner(): WebAssembly.Module {
  return new WebAssembly.Module(Buffer.from(PROGRAM, 'base64'));
}

/** The bytes that the program may look at behind those that it reads. */
const SPARE = 128;
const PAGE = 1 << 16;

/** A scanner with room for so many bytes. */
export function openScanner(size: number, module: WebAssembly.Module = compileScanner()): Scanner {
  const program = new WebAssembly.Instance(module).exports as unknown as Program;
  const place = program.placeOfRoom();
  let room = roomOf(program, size);
  let pieces: TapePiece[] = [];
  const takeTape = (): void => {
    if (program.sizeOfEntries() > 0) pieces.push(tapeOf(program));
    program.clear();
  };
  return {
    room: () => room,
    widen: () => {
      room = roomOf(program, 2 * room.length);
    },
    begin: () => {
      room = roomOf(program, size);
      pieces = [];
      program.begin();
    },
    scan: (from, to, usageOnly) => {
      let at = place + from;
      for (;;) {
        at = program.scan(at, place + to, usageOnly);
        if (program.wasFull() === 0) return at - place;
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
    isCertain: () => program.wasCertain() !== 0,
    linesRead: () => program.linesRead(),
  };
}

function roomOf({ memory, placeOfRoom }: Program, size: number): Buffer {
  const missing = placeOfRoom() + size + SPARE - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return Buffer.from(memory.buffer, placeOfRoom(), size);
}

function tapeOf({ memory, placeOfEntries, placeOfTexts, sizeOfEntries, sizeOfTexts }: Program): TapePiece {
  const entries = new Int32Array(memory.buffer, placeOfEntries(), sizeOfEntries() / 4).slice();
  const texts = Buffer.from(memory.buffer, placeOfTexts(), sizeOfTexts()).toString('latin1');
  return { kind: 'tape', entries, texts };
}
