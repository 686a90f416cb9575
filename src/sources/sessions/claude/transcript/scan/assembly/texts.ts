import {
  BACKSLASH,
  isDigit,
  LETTER_A,
  LETTER_B,
  LETTER_F,
  LETTER_N,
  LETTER_R,
  LETTER_T,
  LETTER_U,
  letterAt,
  NOWHERE,
  QUOTE,
  SLASH,
  SPACE,
} from './letters';
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
 * Second, 2019). Escapes come so irregularly that computing them where there are none costs less than asking for them.
 */
function endOfLongText(at: usize): usize {
  /** 1 when the first of the letters is escaped. */
  let carried: u64 = 0;
  while (true) {
    const w = v128.load(at);
    const x = v128.load(at, 16);
    const y = v128.load(at, 32);
    const z = v128.load(at, 48);
    const quotes = places(w, x, y, z, i8x16.splat(QUOTE));
    const slashes = places(w, x, y, z, i8x16.splat(BACKSLASH));
    const first = slashes & ~carried;
    const odd = (((first << 1) | ODD_BITS) - first) ^ ODD_BITS;
    const escaped = odd ^ (slashes | carried);
    carried = (odd & slashes) >>> 63;
    const ends = quotes & ~escaped;
    // One bit for each letter before the quote.
    const within = (ends - 1) & ~ends;
    if (hasControl(w, x, y, z) && (controls(w, x, y, z) & within) !== 0) return NOWHERE;
    const lines = bits(isLine(w), isLine(x), isLine(y), isLine(z));
    const others = escaped & within & ~(quotes | slashes | lines);
    if (others !== 0 && !areEscapes(at, others)) return NOWHERE;
    if (ends !== 0) return at + <usize>ctz(ends);
    at += 64;
  }
}

function places(w: v128, x: v128, y: v128, z: v128, letter: v128): u64 {
  return bits(i8x16.eq(w, letter), i8x16.eq(x, letter), i8x16.eq(y, letter), i8x16.eq(z, letter));
}

/** The highest bits of 64 letters. */
function bits(w: v128, x: v128, y: v128, z: v128): u64 {
  const low = <u32>i8x16.bitmask(w) | ((<u32>i8x16.bitmask(x)) << 16);
  const high = <u32>i8x16.bitmask(y) | ((<u32>i8x16.bitmask(z)) << 16);
  return <u64>low | ((<u64>high) << 32);
}

function hasControl(w: v128, x: v128, y: v128, z: v128): bool {
  const least = i8x16.min_u(i8x16.min_u(w, x), i8x16.min_u(y, z));
  return v128.any_true(i8x16.eq(i8x16.min_u(least, i8x16.splat(SPACE - 1)), least));
}

function controls(w: v128, x: v128, y: v128, z: v128): u64 {
  const blank = i8x16.splat(SPACE);
  return bits(i8x16.lt_u(w, blank), i8x16.lt_u(x, blank), i8x16.lt_u(y, blank), i8x16.lt_u(z, blank));
}

/** Marks the letters that most escapes have: those of line breaks and tabs. */
function isLine(letters: v128): v128 {
  return v128.or(i8x16.eq(letters, i8x16.splat(LETTER_N)), i8x16.eq(letters, i8x16.splat(LETTER_T)));
}

/** Whether the letters at these places may follow a backslash: `b`, `f`, `r`, `/`, or `u` with four digits. */
function areEscapes(at: usize, places: u64): bool {
  for (; places !== 0; places &= places - 1) {
    const place = at + <usize>ctz(places);
    const letter = letterAt(place);
    if (letter === LETTER_B || letter === LETTER_F || letter === LETTER_R) continue;
    noteOther();
    if (letter === LETTER_U) {
      for (let digit = place + 1; digit < place + 5; digit++) if (!isHex(letterAt(digit))) return false;
    } else if (letter !== SLASH) return false;
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
