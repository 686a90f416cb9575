import { NEWLINE, NOWHERE } from './letters';

/** The name of what an answer used, with its quotes: `"usage"`, as its first eight bytes, the last of them left out. */
const USAGE: u64 = 0x22656761737522;
/** The end of `"modelUsage"`, a name in the totals that Claude Code notes: `lUsage"`. */
const MODEL_USAGE: u64 = 0x2265676173556c;
const SEVEN_BYTES: u64 = 0xffffffffffffff;

/**
 * Where `"usage"` or `"modelUsage"` stands first from `at` on and before `to`. Two letters of it are looked for at once: texts seldom hold them so
 * far from each other, where every text holds quotes.
 */
export function findUsage(at: usize, to: usize): usize {
  const gs = i8x16.splat(0x67);
  const quotes = i8x16.splat(0x22);
  while (at < to) {
    const found = v128.and(i8x16.eq(v128.load(at, 4), gs), i8x16.eq(v128.load(at, 6), quotes));
    for (let marks = v128.any_true(found) ? i8x16.bitmask(found) : 0; marks !== 0; marks &= marks - 1) {
      const place = at + ctz(marks);
      const name = load<u64>(place) & SEVEN_BYTES;
      if (name === USAGE || name === MODEL_USAGE) return place < to ? place : NOWHERE;
    }
    at += 16;
  }
  return NOWHERE;
}

/** Where the line begins in which `at` stands; none begins before `from`. */
export function startOfLine(at: usize, from: usize): usize {
  const newlines = i8x16.splat(NEWLINE);
  while (at >= from + 16) {
    const marks = i8x16.bitmask(i8x16.eq(v128.load(at - 16), newlines));
    if (marks !== 0) return at - 16 + (32 - clz(marks));
    at -= 16;
  }
  while (at > from && load<u8>(at - 1) !== NEWLINE) at--;
  return at;
}
