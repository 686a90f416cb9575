/** A place in a file: the line from 1, the byte from 0. */
export interface Place {
  readonly line: number;
  readonly byte: number;
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The text of a file without its byte order mark. UTF-8, or UTF-16 if the mark says so (PowerShell writes it). */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** Maps offsets of a decoded text to places in its file. The offsets must be in ascending order. */
export function locate(bytes: Uint8Array, text: string, offsets: readonly number[]): readonly Place[] {
  const wide = encodingOf(bytes) !== 'utf-8';
  const marked = !wide && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  // Counts lines in the text and in the bytes in parallel, so that invalid UTF-8 shifts nothing.
  let [line, lineStart, byteStart] = [1, 0, marked ? 3 : 0];
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
