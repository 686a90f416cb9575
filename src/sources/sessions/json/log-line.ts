/**
 * What logs put before each line: the time (Actions logs), before it the job and the step (`gh run view --log`), the service
 * (`docker compose`), a label in brackets, or colours. Zeros stay there when the machine crashes.
 */
const PREFIXES: readonly RegExp[] = [
  /\0+/y,
  /\uFEFF/y,
  /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})? /y,
  /[^\t{]{1,200}\t[^\t{]{1,200}\t(?=\uFEFF?\d{4}-\d{2}-\d{2}T)/y,
  /[\w.-]{1,80} +\| /y,
  /\[[\w .:/+-]{1,60}\][ \t]+/y,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how colours are written
  /\u001B\[[\d;]{0,20}[A-Za-z]/y,
];

/** No line has more prefixes. */
const MOST = 6;

/** The length of the prefixes of a line. */
export function linePrefix(line: string): number {
  let at = 0;
  for (let n = 0; n < MOST; n++) {
    const length = lengthAt(line, at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

function lengthAt(line: string, at: number): number {
  for (const prefix of PREFIXES) {
    prefix.lastIndex = at;
    const found = prefix.exec(line);
    if (found !== null) return found[0].length;
  }
  return 0;
}
