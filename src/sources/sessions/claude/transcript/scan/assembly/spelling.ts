/**
 * Whether a skipped value is spelt differently from JSON.stringify: with blanks, with needless escapes, with numbers in another
 * form, or with names that it would reorder. Duplicate names are not noticed here.
 */
export let otherwise: bool = false;

export function noteOther(): void {
  otherwise = true;
}

export function forgetSpelling(): void {
  otherwise = false;
}

const FIRST: u32 = 0x9e3779b1;
const SECOND: u32 = 0x85ebca77;
const LAST: u32 = 0xc2b2ae3d;
const SEED: u32 = 0x27d4eb2f;
const BYTE: u32 = 8;

/** The highest bit of each of eight bytes. */
const HIGH: u64 = 0x8080808080808080;

let a: u32 = 0;
let b: u32 = 0;
let all: u64 = 0;

/**
 * Hashes bytes to a number from 1 to 2^52, or 0 if they are not UTF-8. The result equals what `../../../../input-hash.ts` computes
 * from the parsed value.
 */
export function hashOf(from: usize, size: u32): u64 {
  a = size;
  b = SEED;
  all = 0;
  const whole = size & ~7;
  for (let at: u32 = 0; at < whole; at += 8) mix(load<u64>(from + at));
  if (whole < size) mix(load<u64>(from + whole) & (((<u64>1) << (BYTE * (size - whole))) - 1));
  if ((all & HIGH) !== 0 && !isUtf8(from, from + size)) return 0;
  a = (a ^ (a >>> 15) ^ b) * SECOND;
  b = (b ^ (b >>> 13) ^ (a >>> 16)) * LAST;
  a ^= b >>> 16;
  return ((<u64>a) << 20) + <u64>(b >>> 12) + 1;
}

function mix(word: u64): void {
  all |= word;
  const x = (a ^ <u32>word) * FIRST;
  const y = (b ^ <u32>(word >>> 32)) * SECOND;
  a = y;
  b = x + rotl<u32>(y, 13);
}

function isUtf8(at: usize, to: usize): bool {
  while (at < to) {
    const lead = <u32>load<u8>(at);
    if (lead < 0x80) {
      at += at + 8 <= to && (load<u64>(at) & HIGH) === 0 ? 8 : 1;
      continue;
    }
    const size: u32 = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc0 || lead > 0xf4 || at + size > to || !isLetter(letterOf(at, lead, size), size)) return false;
    at += size;
  }
  return true;
}

/** The code point that `size` bytes encode, or 0 if one of them is not a continuation byte. */
function letterOf(at: usize, lead: u32, size: u32): u32 {
  let letter = lead & (0x7f >>> size);
  for (let next: u32 = 1; next < size; next++) {
    const byte = <u32>load<u8>(at + next);
    if ((byte & 0xc0) !== 0x80) return 0;
    letter = (letter << 6) | (byte & 0x3f);
  }
  return letter;
}

/** Whether a code point needs exactly this many bytes and is not a surrogate. */
function isLetter(letter: u32, size: u32): bool {
  if (size === 2) return letter >= 0x80;
  if (size === 3) return letter >= 0x800 && (letter < 0xd800 || letter > 0xdfff);
  return letter >= 0x10000 && letter <= 0x10ffff;
}
