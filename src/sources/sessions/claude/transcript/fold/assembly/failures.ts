import { isSame } from '../../scan/assembly/bytes';
import { claim, exists, nothing } from './heap';

/** The cause of a failure that only the host can tell. */
export const ASKED: i32 = -1;

/** A word that the host knows of: what a text that starts with it failed of, or 0 if texts that hold it have to be asked for. */
@unmanaged
class Word {
  next: Word;
  text: usize;
  size: u32;
  error: i32;
}

let firstStart: Word = nothing<Word>();
let firstSign: Word = nothing<Word>();
/** The cause where no word says another. */
let usual: i32 = ASKED;

/** Says what texts that begin like this failed of. */
export function tellStart(text: usize, size: u32, error: i32): void {
  firstStart = newWord(text, size, error, firstStart);
}

/** Says that texts that hold this somewhere may have failed of other things. It has at least two letters. */
export function tellSign(text: usize, size: u32): void {
  firstSign = newWord(text, size, 0, firstSign);
}

/** Says what all other texts failed of. */
export function tellUsual(error: i32): void {
  usual = error;
}

function newWord(text: usize, size: u32, error: i32, next: Word): Word {
  const word = changetype<Word>(claim(offsetof<Word>()));
  word.next = next;
  word.text = text;
  word.size = size;
  word.error = error;
  return word;
}

/** Why a call failed, by the JSON spelling of what it brought. */
export function errorOf(text: usize, size: u32): i32 {
  for (let start: Word = firstStart; exists(start); start = start.next)
    if (size >= start.size && isSame(text, start.text, start.size)) return start.error;
  for (let sign: Word = firstSign; exists(sign); sign = sign.next) if (holds(text, size, sign)) return ASKED;
  return usual;
}

/** Looks for the first two letters of a sign at sixteen places at once. */
function holds(text: usize, size: u32, sign: Word): bool {
  if (size < sign.size) return false;
  const end = text + size - sign.size + 1;
  const one = i8x16.splat(load<u8>(sign.text));
  const two = i8x16.splat(load<u8>(sign.text, 1));
  for (let at = text; at < end; at += 16) {
    const both = v128.and(i8x16.eq(v128.load(at), one), i8x16.eq(v128.load(at, 1), two));
    for (let marks = i8x16.bitmask(both); marks !== 0; marks &= marks - 1) {
      const place = at + ctz(marks);
      if (place < end && isSame(place, sign.text, sign.size)) return true;
    }
  }
  return false;
}
