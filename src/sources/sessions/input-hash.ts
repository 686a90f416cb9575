import { spellingOf } from './json/spelling.ts';

const [FIRST, SECOND, LAST, SEED] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

/**
 * Hashes the input of a call to a number from 1 to 2^52. Inputs with equal JSON get equal numbers; others collide with a chance of
 * one in 2^52. It is neither secret nor proof, and is dropped once the calls of a session were compared. Null if there is no input,
 * or if it is nested too deeply to be written.
 *
 * The transcript scanner computes the same number from the bytes of a row: see `hashOf` in
 * claude/transcript/scan/assembly/spelling.ts.
 */
export function inputHash(input: unknown): number | null {
  const text = spellingOf(input);
  return text === null ? null : hashOf(Buffer.from(text));
}

function hashOf(bytes: Buffer): number {
  const size = bytes.length;
  const whole = size - (size % 8);
  let [a, b] = [size | 0, SEED | 0];
  const mix = (low: number, high: number): void => {
    const x = Math.imul(a ^ low, FIRST);
    a = Math.imul(b ^ high, SECOND);
    b = (x + ((a << 13) | (a >>> 19))) | 0;
  };
  for (let at = 0; at < whole; at += 8) mix(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
  if (whole < size) {
    const rest = Buffer.alloc(8);
    bytes.copy(rest, 0, whole);
    mix(rest.readInt32LE(0), rest.readInt32LE(4));
  }
  a = Math.imul(a ^ (a >>> 15) ^ b, SECOND);
  b = Math.imul(b ^ (b >>> 13) ^ (a >>> 16), LAST);
  a ^= b >>> 16;
  return (a >>> 0) * 2 ** 20 + (b >>> 12) + 1;
}
