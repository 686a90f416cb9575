import { BACKSLASH, NINE, NOWHERE, QUOTE, type ScannedBytes, SPACE, ZERO } from './scan.ts';

/** Whether just these letters stand between two places. */
export function isWritten(bytes: Buffer, from: number, to: number, letters: Uint8Array): boolean {
  if (to - from !== letters.length) return false;
  for (let index = 0; index < letters.length; index++) if (bytes[from + index] !== letters[index]) return false;
  return true;
}

/** Letters to be held against others by fours: the last four may overlap those before. Fewer than four stand alone. */
export interface LetterFours {
  readonly size: number;
  readonly fours: Int32Array;
  readonly few: Uint8Array;
}

const NONE = new Uint8Array(0);
const NO_FOURS = new Int32Array(0);

/** The letters between two places. */
export function lettersOf({ bytes, view }: ScannedBytes, from: number, to: number): LetterFours {
  const size = to - from;
  if (size < 4) return { size, fours: NO_FOURS, few: Uint8Array.from(bytes.subarray(from, to)) };
  const fours = new Int32Array(Math.ceil(size / 4));
  for (let index = 0; index < fours.length; index++)
    fours[index] = view.getInt32(Math.min(from + 4 * index, to - 4), true);
  return { size, fours, few: NONE };
}

/** Where these letters end that are to stand at `from`; `NOWHERE` when others do. */
export function behindLetters({ bytes, view }: ScannedBytes, from: number, { size, fours, few }: LetterFours): number {
  const last = fours.length - 1;
  for (let index = 0; index < last; index++) if (view.getInt32(from + 4 * index, true) !== fours[index]) return NOWHERE;
  if (last < 0) return isWritten(bytes, from, from + size, few) ? from + size : NOWHERE;
  return view.getInt32(from + size - 4, true) === fours[last] ? from + size : NOWHERE;
}

/** Whether a text of letters that are written as they are stands at `from`, and its closing quote behind it. */
export function isLast(bytes: Buffer, from: number, last: string): boolean {
  if (bytes[from + last.length] !== QUOTE) return false;
  for (let index = 0; index < last.length; index++) {
    const code = last.charCodeAt(index);
    if (bytes[from + index] !== code || code < SPACE || code === BACKSLASH || code === QUOTE || code > LAST_ASCII)
      return false;
  }
  return true;
}

/** Whether a text is written in letters that stand for themselves. */
export function isPlain(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = bytes[at] ?? 0;
    if (code > LAST_ASCII || code === BACKSLASH) return false;
  }
  return true;
}

/** The number that some digits make; null where others stand among them, or too many for an exact number. */
export function wholeNumber(bytes: Buffer, from: number, to: number): number | null {
  if (to - from > SAFE_DIGITS) return null;
  let number = 0;
  for (let at = from; at < to; at++) {
    const code = bytes[at] ?? 0;
    if (code < ZERO || code > NINE) return null;
    number = number * 10 + (code - ZERO);
  }
  return number;
}

/** Numbers of so many digits are exact. */
const SAFE_DIGITS = 15;
const LAST_ASCII = 126;
