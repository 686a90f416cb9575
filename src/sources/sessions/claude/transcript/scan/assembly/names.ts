import { COLON, isDigit, letterAt, NOWHERE } from './letters';
import { endOfPlainText } from './texts';
import { behindColon, noteName } from './values';
import { HALF, numberOf, onesFor, startOf, Word, wordAt } from './words';

/**
 * A name as it was written in some object, and the name that followed it there. Most objects of a kind have the same names in the
 * same order, so the next name is guessed and compared as a whole, which saves looking for its end and for its word.
 */
@unmanaged
export class Name {
  /** Its letters with the closing quote and the colon, and ones where they stand. */
  start: v128;
  rest: v128;
  startOnes: v128;
  restOnes: v128;
  word: Word;
  /** How many letters these are. */
  size: u32;
  /** The distance of its follower from the first of all names. */
  next: u32;
}

const LONGEST: usize = 32;
const NAME: usize = 80;
const KINDS: usize = 8;
const MOST_BITS: u64 = 10;
/** The stranger, what comes before the first name of each kind of object, and a hash table of names in which new ones replace old. */
const all: usize = memory.data((1 + 8 + 1024) * 80, 16);

/** Stands for a name that cannot be kept. It never equals what is read, since it has a letter where it has no ones. */
const stranger: Name = changetype<Name>(all);
stranger.start = i8x16.splat(1);

/** What comes before the first name of an object. */
export function beforeFirst(kind: u32): Name {
  return changetype<Name>(all + (1 + kind) * NAME);
}

/** The name whose letters begin at `at`, or null if the host's parser might read it differently. */
export function nameAt(at: usize, before: Name, kind: u32): Name | null {
  const guess = changetype<Name>(all + before.next);
  const start = v128.xor(v128.and(v128.load(at), guess.startOnes), guess.start);
  const rest = v128.xor(v128.and(v128.load(at, 16), guess.restOnes), guess.rest);
  return v128.any_true(v128.or(start, rest)) ? learnName(at, before, kind) : guess;
}

function learnName(at: usize, before: Name, kind: u32): Name | null {
  noteName(at);
  const quote = endOfPlainText(at);
  if (quote === NOWHERE) return null;
  const size = quote + 2 - at;
  const word = wordAt(at, quote);
  if (size > LONGEST || letterAt(quote + 1) !== COLON || isDigit(letterAt(at))) return strangerTo(at, quote, word);
  const place = (1 + KINDS + slotFor(at, min(size, HALF), kind)) * NAME;
  const name = changetype<Name>(all + place);
  name.startOnes = onesFor(min(size, HALF));
  name.restOnes = onesFor(max(size, HALF) - HALF);
  name.start = v128.and(v128.load(at), name.startOnes);
  name.rest = v128.and(v128.load(at, 16), name.restOnes);
  name.word = word;
  name.size = <u32>size;
  before.next = <u32>place;
  return name;
}

/** Equal names of different kinds have different followers. */
function slotFor(at: usize, size: usize, kind: u32): u32 {
  return (numberOf(startOf(at, size), MOST_BITS) + 149 * kind) & ((1 << (<u32>MOST_BITS)) - 1);
}

function strangerTo(at: usize, quote: usize, word: Word): Name | null {
  const value = behindColon(quote);
  if (value === NOWHERE) return null;
  stranger.word = word;
  stranger.size = <u32>(value - at);
  return stranger;
}
