import { NEWLINE, NOWHERE, QUOTE } from './letters';

/** The first seven bytes of `"usage"` with its quotes. */
const USAGE: u64 = 0x22656761737522;
/** The end of `"modelUsage"`, a name in the totals that Claude Code notes: `lUsage"`. */
const MODEL_USAGE: u64 = 0x2265676173556c;
const SEVEN_BYTES: u64 = 0xffffffffffffff;

/**
 * Finds the first `"usage"` or `"modelUsage"` from `at` on and before `to`. Searches for two of its letters at once: texts rarely
 * hold them at this distance, while every text holds quotes.
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

/** Marks which of sixteen positions have the two wanted letters after them. */
function usageFrom(at: usize): v128 {
  return v128.and(i8x16.eq(v128.load(at, 4), i8x16.splat(0x67)), i8x16.eq(v128.load(at, 6), i8x16.splat(QUOTE)));
}

/** The first of 64 places that holds the whole name. */
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

/** The start of the line that contains `at`. No line begins before `from`. */
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
