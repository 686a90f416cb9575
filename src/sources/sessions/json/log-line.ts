/**
 * What logs write in front of each line: the time, as logs of Actions do; before it the job and the step, as `gh run view --log` does;
 * the service, as `docker compose` does; a label in brackets; colours.
 */
const PREFIXES: readonly RegExp[] = [
  /\uFEFF/y,
  /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})? /y,
  /[^\t{]{1,200}\t[^\t{]{1,200}\t(?=\uFEFF?\d{4}-\d{2}-\d{2}T)/y,
  /[\w.-]{1,80} +\| /y,
  /\[[\w .:/+-]{1,60}\][ \t]+/y,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how colours are written
  /\u001B\[[\d;]{0,20}[A-Za-z]/y,
];

/** No line has more in front of it. */
const MOST = 6;

/** How many letters of a line stand in front of what was written. */
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
