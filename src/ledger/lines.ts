import { isUtf8 } from 'node:buffer';

/** A line of a file without its line end. `text` is null when the bytes are not UTF-8. */
export interface Line {
  /** Where it starts in the file, in bytes. */
  readonly byte: number;
  readonly bytes: Uint8Array;
  readonly text: string | null;
}

const NEWLINE = 10;

/** The lines that start in `[from, to)`, cut off at `to`; empty ones are left out. */
export function* linesIn(file: Uint8Array, from: number, to: number): Generator<Line> {
  const buffer = Buffer.from(file.buffer, file.byteOffset, Math.min(file.byteLength, to));
  const allText = isUtf8(buffer.subarray(from));
  for (let start = from; start < buffer.length; ) {
    const newline = buffer.indexOf(NEWLINE, start);
    const end = newline === -1 ? buffer.length : newline;
    if (end > start) {
      const bytes = buffer.subarray(start, end);
      yield { byte: start, bytes, text: allText || isUtf8(bytes) ? bytes.toString('utf8') : null };
    }
    start = end + 1;
  }
}

/** The number, from 1, of the line that contains the byte at `byte`. */
export function lineNumberAt(file: Uint8Array, byte: number): number {
  let line = 1;
  for (let at = file.indexOf(NEWLINE); at !== -1 && at < byte; at = file.indexOf(NEWLINE, at + 1)) line++;
  return line;
}

/** True when something can be appended without gluing it to an unfinished line. */
export function endsWithNewline(file: Uint8Array): boolean {
  return file.length === 0 || file[file.length - 1] === NEWLINE;
}
