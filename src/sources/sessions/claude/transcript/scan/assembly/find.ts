import { NEWLINE, NOWHERE, QUOTE } from './letters';

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
  while (at < to) {
    const found = v128.or(v128.or(usageFrom(at), usageFrom(at + 16)), v128.or(usageFrom(at + 32), usageFrom(at + 48)));
    if (v128.any_true(found)) {
      const place = firstUsage(at);
      if (place !== NOWHERE) return place < to ? place : NOWHERE;
    }
    at += 64;
  }
  return NOWHERE;
}

/** Which of sixteen letters the two that are looked for follow. */
function usageFrom(at: usize): v128 {
  return v128.and(i8x16.eq(v128.load(at, 4), i8x16.splat(0x67)), i8x16.eq(v128.load(at, 6), i8x16.splat(QUOTE)));
}

/** The first place among 64 where the whole name stands. */
function firstUsage(at: usize): usize {
  for (const end = at + 64; at < end; at += 16) {
    for (let marks = i8x16.bitmask(usageFrom(at)); marks !== 0; marks &= marks - 1) {
      const place = at + ctz(marks);
      const name = load<u64>(place) & SEVEN_BYTES;
      if (name === USAGE || name === MODEL_USAGE) return place;
    }
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
