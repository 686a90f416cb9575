import { BACKSLASH, isDigit, LETTER_A, LETTER_F, LETTER_U, letterAt, NOWHERE, QUOTE, SLASH, SPACE } from './letters';
import { noteOther } from './spelling';

/**
 * Finds the closing quote of the text that starts at `at`. A control character, which no text may hold, follows the last byte, so
 * the search never runs past the end.
 */
export function endOfText(at: usize): usize {
  const letters = v128.load(at);
  const ends = v128.or(i8x16.eq(letters, i8x16.splat(QUOTE)), i8x16.eq(letters, i8x16.splat(BACKSLASH)));
  const marks = i8x16.bitmask(v128.or(ends, i8x16.lt_u(letters, i8x16.splat(SPACE))));
  if (marks === 0) return endOfLongText(at + 16);
  const first = at + ctz(marks);
  if (letterAt(first) === QUOTE) return first;
  return letterAt(first) === BACKSLASH ? endOfLongText(first) : NOWHERE;
}

const ODD_BITS: u64 = 0xaaaaaaaaaaaaaaaa;

/**
 * Does the same for long texts, 64 letters at a time. Positions are the bits of a 64-bit number, and escaped letters are computed
 * for all of them at once, since program texts are full of escapes (after Langdale and Lemire, Parsing Gigabytes of JSON per
 * Second, 2019).
 */
function endOfLongText(at: usize): usize {
  /** 1 when the first of the letters is escaped. */
  let carried: u64 = 0;
  const quote = i8x16.splat(QUOTE);
  const slash = i8x16.splat(BACKSLASH);
  const blank = i8x16.splat(SPACE);
  while (true) {
    const w = v128.load(at);
    const x = v128.load(at, 16);
    const y = v128.load(at, 32);
    const z = v128.load(at, 48);
    const quotes = bits(i8x16.eq(w, quote), i8x16.eq(x, quote), i8x16.eq(y, quote), i8x16.eq(z, quote));
    const slashes = bits(i8x16.eq(w, slash), i8x16.eq(x, slash), i8x16.eq(y, slash), i8x16.eq(z, slash));
    const controls = bits(i8x16.lt_u(w, blank), i8x16.lt_u(x, blank), i8x16.lt_u(y, blank), i8x16.lt_u(z, blank));
    let escaped: u64 = 0;
    if ((slashes | carried) !== 0) {
      const first = slashes & ~carried;
      const odd = (((first << 1) | ODD_BITS) - first) ^ ODD_BITS;
      escaped = odd ^ (slashes | carried);
      carried = (odd & slashes) >>> 63;
    }
    const ends = quotes & ~escaped;
    // One bit for each letter before the quote.
    const within: u64 = ends === 0 ? u64.MAX_VALUE : (ends & (0 - ends)) - 1;
    if ((controls & within) !== 0) return NOWHERE;
    if ((escaped & within) !== 0) {
      const others = bits(otherEscapes(w), otherEscapes(x), otherEscapes(y), otherEscapes(z)) & escaped & within;
      if (others !== 0 && !areEscapes(at, others)) return NOWHERE;
    }
    if (ends !== 0) return at + <usize>ctz(ends);
    at += 64;
  }
}

/** The highest bits of 64 letters. */
function bits(w: v128, x: v128, y: v128, z: v128): u64 {
  const low = <u32>i8x16.bitmask(w) | ((<u32>i8x16.bitmask(x)) << 16);
  const high = <u32>i8x16.bitmask(y) | ((<u32>i8x16.bitmask(z)) << 16);
  return <u64>low | ((<u64>high) << 32);
}

/**
 * Marks letters that are none of `"\\bfnrt`. The upper and the lower half of a letter each select the groups it may belong to, and
 * it is one of them if both select the same group.
 */
function otherEscapes(letters: v128): v128 {
  const bySecond = i8x16.swizzle(
    i8x16(0, 0, 13, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 0),
    v128.and(letters, i8x16.splat(15)),
  );
  const byFirst = i8x16.swizzle(i8x16(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(letters, 4));
  return i8x16.eq(v128.and(bySecond, byFirst), i8x16.splat(0));
}

/** Whether the letters at these places may follow a backslash: `/`, or `u` with four digits. */
function areEscapes(at: usize, places: u64): bool {
  noteOther();
  for (; places !== 0; places &= places - 1) {
    const letter = at + <usize>ctz(places);
    if (letterAt(letter) === LETTER_U) {
      for (let digit = letter + 1; digit < letter + 5; digit++) if (!isHex(letterAt(digit))) return false;
    } else if (letterAt(letter) !== SLASH) return false;
  }
  return true;
}

/** Like `endOfText`, but only for texts of single-byte letters without escapes. */
export function endOfPlainText(at: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const slashes = i8x16.splat(BACKSLASH);
  const blanks = i8x16.splat(SPACE);
  while (true) {
    const letters = v128.load(at);
    const ends = v128.or(i8x16.eq(letters, quotes), i8x16.eq(letters, slashes));
    // In a signed comparison, letters beyond ASCII are less than a space, too.
    const marks = i8x16.bitmask(v128.or(ends, i8x16.lt_s(letters, blanks)));
    if (marks !== 0) {
      at += ctz(marks);
      return letterAt(at) === QUOTE ? at : NOWHERE;
    }
    at += 16;
  }
}

function isHex(letter: u8): bool {
  const lower = letter | 32;
  return isDigit(letter) || (lower >= LETTER_A && lower <= LETTER_F);
}
