/** A place in a file: the line from 1, the byte from 0. */
export interface Place {
  readonly line: number;
  readonly byte: number;
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The text of a file without its byte order marks. UTF-8, or UTF-16 if the mark says so (PowerShell writes it). */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  if (encoding !== 'utf-8') return new TextDecoder(encoding).decode(bytes);
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(marksIn(bytes)));
}

/** The byte order mark of UTF-8, and the same after a program took it for text and encoded it once more. */
const MARKS: readonly (readonly number[])[] = [
  [0xef, 0xbb, 0xbf],
  [0xc3, 0xaf, 0xc2, 0xbb, 0xc2, 0xbf],
];

/** How many bytes of marks a UTF-8 file begins with. Programs that add a mark do not look whether there is one. */
function marksIn(bytes: Uint8Array): number {
  let size = 0;
  for (let mark = markAt(bytes, size); mark !== undefined; mark = markAt(bytes, size)) size += mark.length;
  return size;
}

function markAt(bytes: Uint8Array, at: number): readonly number[] | undefined {
  return MARKS.find((mark) => mark.every((byte, index) => bytes[at + index] === byte));
}

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** Maps offsets of a decoded text to places in its file. The offsets must be in ascending order. */
export function locate(bytes: Uint8Array, text: string, offsets: readonly number[]): readonly Place[] {
  const wide = encodingOf(bytes) !== 'utf-8';
  // Counts lines in the text and in the bytes in parallel, so that invalid UTF-8 shifts nothing.
  let [line, lineStart, byteStart] = [1, 0, wide ? 0 : marksIn(bytes)];
  return offsets.map((offset) => {
    for (let end = text.indexOf('\n', lineStart); end !== -1 && end < offset; end = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = end + 1;
      if (!wide) byteStart = bytes.indexOf(10, byteStart) + 1;
    }
    const byte = wide ? 2 + 2 * offset : byteStart + Buffer.byteLength(text.slice(lineStart, offset));
    // The replacement for bytes that are not UTF-8 takes more room than the bytes.
    return { line, byte: Math.min(byte, bytes.length) };
  });
}
