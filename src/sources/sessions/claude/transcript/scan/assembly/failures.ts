import { copyBytes, isSame } from './bytes';
import { ROOM, UNJUDGED } from './tape';

/** A word that the host has told. Its letters follow it. */
@unmanaged
class Word {
  size: u32;
  error: i32;
}

const LETTERS: usize = offsetof<Word>();

/** The words, one after the other. */
const WORDS: usize = memory.data(4_096, 8);
const WORDS_END: usize = WORDS + 4_096;
let wordsEnd: usize = WORDS;

/** What texts without any of the words failed of. */
let usual: i32 = UNJUDGED;

/**
 * Takes in the word that is in the room. Texts that begin with it failed of the given cause; if that is `UNJUDGED`, texts that hold it
 * anywhere are left to the host. It has at least two letters. Words that were told first are looked for first.
 */
export function tellWord(size: u32, error: i32): void {
  const word = changetype<Word>(wordsEnd);
  wordsEnd = behind(wordsEnd, size);
  if (wordsEnd + 16 > WORDS_END) unreachable();
  word.size = size;
  word.error = error;
  copyBytes(changetype<usize>(word) + LETTERS, ROOM, size);
}

/** Says what all other texts failed of. */
export function tellUsual(error: i32): void {
  usual = error;
}

/** Why a call failed, as the host numbers the causes, by the JSON spelling of the text that it brought. */
export function errorOf(text: usize, size: u32): i32 {
  for (let at = WORDS; at < wordsEnd; at = behind(at, changetype<Word>(at).size)) {
    const word = changetype<Word>(at);
    if (size < word.size) continue;
    const letters = at + LETTERS;
    if (word.error === UNJUDGED ? holds(text, size, letters, word.size) : isSame(text, letters, word.size))
      return word.error;
  }
  return usual;
}

/** The place behind a word of this many letters. */
function behind(word: usize, size: u32): usize {
  return (word + LETTERS + size + 7) & ~7;
}

/** Looks for the first two letters of a word at sixteen places at once. */
function holds(text: usize, size: u32, letters: usize, wordSize: u32): bool {
  const end = text + size - wordSize + 1;
  const one = i8x16.splat(load<u8>(letters));
  const two = i8x16.splat(load<u8>(letters, 1));
  for (let at = text; at < end; at += 16) {
    const both = v128.and(i8x16.eq(v128.load(at), one), i8x16.eq(v128.load(at, 1), two));
    for (let marks = i8x16.bitmask(both); marks !== 0; marks &= marks - 1) {
      const place = at + ctz(marks);
      if (place < end && isSame(place, letters, wordSize)) return true;
    }
  }
  return false;
}
