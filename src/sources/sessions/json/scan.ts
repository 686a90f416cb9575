/**
 * Room for bytes of JSON to be walked through. Right behind them a control character must stand, so that nothing runs past
 * their end: there is room for it behind `size` bytes.
 */
export interface ScannedBytes {
  readonly size: number;
  readonly bytes: Buffer;
  /** The same memory, to be looked at by fours. */
  readonly view: DataView;
}

/** Containers deeper than this are left to the parser of the language. */
const MAX_DEPTH = 200;

/** Where nothing can be: the bytes are no JSON, or not of a kind that is walked through here. */
export const NOWHERE = -1;

/** Room for so many bytes. */
export function scannedBytes(size: number): ScannedBytes {
  const memory = new ArrayBuffer(size + SPARE);
  return { size, bytes: Buffer.from(memory), view: new DataView(memory) };
}

/**
 * The offset behind the value that begins at `from`, or `NOWHERE`. What it passes over is JSON to the letter: whatever the parser
 * of the language refuses is refused here. Line breaks between tokens are refused, too.
 */
export function behindValue(scanned: ScannedBytes, from: number, depth: number = 0): number {
  const { bytes } = scanned;
  switch (bytes[from]) {
    case QUOTE:
      return behind(endOfText(scanned, from + 1));
    case OPEN_BRACE:
      return behindObject(scanned, from, depth + 1);
    case OPEN_BRACKET:
      return behindList(scanned, from, depth + 1);
    default:
      return behindScalar(bytes, from);
  }
}

function behind(at: number): number {
  return at === NOWHERE ? NOWHERE : at + 1;
}

function behindObject(scanned: ScannedBytes, from: number, depth: number): number {
  const { bytes } = scanned;
  if (depth > MAX_DEPTH) return NOWHERE;
  let at = behindSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    at = behindMember(scanned, at, depth);
    if (at === NOWHERE) return NOWHERE;
    if (bytes[at] !== COMMA) return bytes[at] === CLOSE_BRACE ? at + 1 : NOWHERE;
    at = behindSpace(bytes, at + 1);
  }
}

/** Behind a name, its value and the blanks that follow. */
function behindMember(scanned: ScannedBytes, from: number, depth: number): number {
  const { bytes } = scanned;
  const value = bytes[from] === QUOTE ? behindColon(bytes, endOfText(scanned, from + 1)) : NOWHERE;
  const at = value === NOWHERE ? NOWHERE : behindValue(scanned, value, depth);
  return at === NOWHERE ? NOWHERE : behindSpace(bytes, at);
}

function behindList(scanned: ScannedBytes, from: number, depth: number): number {
  const { bytes } = scanned;
  if (depth > MAX_DEPTH) return NOWHERE;
  let at = behindSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = behindValue(scanned, at, depth);
    if (at === NOWHERE) return NOWHERE;
    at = behindSpace(bytes, at);
    if (bytes[at] !== COMMA) return bytes[at] === CLOSE_BRACKET ? at + 1 : NOWHERE;
    at = behindSpace(bytes, at + 1);
  }
}

/** Where the value begins behind a name whose closing quote stands at `quote`. */
export function behindColon(bytes: Buffer, quote: number): number {
  if (quote === NOWHERE) return NOWHERE;
  const at = behindSpace(bytes, quote + 1);
  return bytes[at] === COLON ? behindSpace(bytes, at + 1) : NOWHERE;
}

/** Behind blanks, but not behind a line break. */
export function behindSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let code = bytes[at]; code === SPACE || code === TAB || code === RETURN; code = bytes[at]) at++;
  return at;
}

/** Behind a number, true, false or null. */
export function behindScalar(bytes: Buffer, from: number): number {
  switch (bytes[from]) {
    case LETTER_T:
      return behindWord(bytes, from, TRUE);
    case LETTER_F:
      return behindWord(bytes, from, FALSE);
    case LETTER_N:
      return behindWord(bytes, from, NULL);
    default:
      return behindNumber(bytes, from);
  }
}

function behindWord(bytes: Buffer, from: number, word: readonly number[]): number {
  for (let index = 0; index < word.length; index++) if (bytes[from + index] !== word[index]) return NOWHERE;
  return from + word.length;
}

function behindNumber(bytes: Buffer, from: number): number {
  const first = bytes[from] === MINUS ? from + 1 : from;
  let at = behindDigits(bytes, first);
  if (at === first || (bytes[first] === ZERO && at > first + 1)) return NOWHERE;
  if (bytes[at] === POINT) {
    const fraction = at + 1;
    at = behindDigits(bytes, fraction);
    if (at === fraction) return NOWHERE;
  }
  if (bytes[at] !== LETTER_E && bytes[at] !== CAPITAL_E) return at;
  const exponent = bytes[at + 1] === PLUS || bytes[at + 1] === MINUS ? at + 2 : at + 1;
  at = behindDigits(bytes, exponent);
  return at === exponent ? NOWHERE : at;
}

export function behindDigits(bytes: Buffer, from: number): number {
  let at = from;
  for (let code = bytes[at] ?? 0; code >= ZERO && code <= NINE; code = bytes[at] ?? 0) at++;
  return at;
}

/** Where the closing quote stands of the text whose first letter stands at `from`. */
export function endOfText({ bytes, view }: ScannedBytes, from: number): number {
  let at = from;
  for (;;) {
    const found = marksIn(view.getInt32(at, true));
    if (found === 0) {
      at += 4;
      continue;
    }
    at += (31 - Math.clz32(found & -found)) >> 3;
    if (bytes[at] === QUOTE) return at;
    at = bytes[at] === BACKSLASH ? behindEscape(bytes, at) : NOWHERE;
    if (at === NOWHERE) return NOWHERE;
  }
}

/**
 * The top bit of each of four letters that is a quote, a backslash or a control character; above the first such letter bits of
 * others may be set as well.
 */
function marksIn(letters: number): number {
  const quote = letters ^ 0x22222222;
  const slash = letters ^ 0x5c5c5c5c;
  const found = ((quote - 0x01010101) & ~quote) | ((slash - 0x01010101) & ~slash) | ((letters - 0x20202020) & ~letters);
  return found & 0x80808080;
}

function behindEscape(bytes: Buffer, from: number): number {
  const code = bytes[from + 1] ?? 0;
  if (code !== LETTER_U) return ESCAPED[code] === 1 ? from + 2 : NOWHERE;
  for (let at = from + 2; at < from + 6; at++) if (!isHex(bytes[at] ?? 0)) return NOWHERE;
  return from + 6;
}

function isHex(code: number): boolean {
  const lower = code | 32;
  return (code >= ZERO && code <= NINE) || (lower >= LETTER_A && lower <= LETTER_F);
}

const codes = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));

const TRUE = codes('true');
const FALSE = codes('false');
const NULL = codes('null');
/** 1 for a letter that may stand behind a backslash, `u` apart. */
const ESCAPED = new Uint8Array(256);
for (const code of codes('"\\/bfnrt')) ESCAPED[code] = 1;

/** Room for the control character behind the bytes, and for a look at four letters that begins with it. */
const SPARE = 8;

const TAB = 9;
export const NEWLINE = 10;
const RETURN = 13;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const CAPITAL_E = 69;
const LETTER_A = 97;
const LETTER_E = 101;
const LETTER_F = 102;
export const LETTER_N = 110;
const LETTER_T = 116;
const LETTER_U = 117;
export const SPACE = 32;
export const QUOTE = 34;
export const COMMA = 44;
export const ZERO = 48;
export const NINE = 57;
export const COLON = 58;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;
