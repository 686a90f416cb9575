/** A place in a file: the line from 1, the byte from 0. */
export interface Place {
  readonly line: number;
  readonly byte: number;
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The text of a file without its byte order mark. UTF-8, or UTF-16 where the mark says so (as PowerShell writes). */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** Where offsets of a decoded text lie in its file. The offsets must not fall. */
export function locate(bytes: Uint8Array, text: string, offsets: readonly number[]): readonly Place[] {
  const wide = encodingOf(bytes) !== 'utf-8';
  const marked = !wide && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  // Lines are counted in the text and in the bytes side by side, so that bytes that are no UTF-8 shift nothing.
  let [line, lineStart, byteStart] = [1, 0, marked ? 3 : 0];
  return offsets.map((offset) => {
    for (let end = text.indexOf('\n', lineStart); end !== -1 && end < offset; end = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = end + 1;
      if (!wide) byteStart = bytes.indexOf(10, byteStart) + 1;
    }
    const byte = wide ? 2 + 2 * offset : byteStart + Buffer.byteLength(text.slice(lineStart, offset));
    // What stands for bytes that are no UTF-8 takes more room than they do.
    return { line, byte: Math.min(byte, bytes.length) };
  });
}
