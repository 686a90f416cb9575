import {
  CAPITAL_E,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isDigit,
  LETTER_E,
  LETTER_F,
  LETTER_N,
  LETTER_T,
  letterAt,
  MINUS,
  NOWHERE,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  POINT,
  QUOTE,
  RETURN,
  SPACE,
  TAB,
  ZERO,
} from './letters';
import { noteOther } from './spelling';
import { endOfText } from './texts';

/** Containers nested deeper are left to the host's parser. */
const MAX_DEPTH: i32 = 200;

/** Skips blanks, but not a line break. */
export function behindSpace(at: usize): usize {
  return letterAt(at) > SPACE ? at : behindBlanks(at);
}

function behindBlanks(at: usize): usize {
  while (true) {
    const letter = letterAt(at);
    if (letter !== SPACE && letter !== TAB && letter !== RETURN) return at;
    noteOther();
    at++;
  }
}

/** The start of the value that follows the name whose closing quote is at `quote`. */
export function behindColon(quote: usize): usize {
  const at = behindSpace(quote + 1);
  return letterAt(at) === COLON ? behindSpace(at + 1) : NOWHERE;
}

/** Skips the value at `at`. It accepts strict JSON on one line only. */
export function behindValue(at: usize, depth: i32): usize {
  switch (letterAt(at)) {
    case QUOTE:
      return behindText(at);
    case OPEN_BRACE:
      return behindObject(at, depth + 1);
    case OPEN_BRACKET:
      return behindList(at, depth + 1);
    default:
      return behindScalar(at);
  }
}

export function behindText(at: usize): usize {
  const quote = endOfText(at + 1);
  return quote === NOWHERE ? NOWHERE : quote + 1;
}

function behindObject(at: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return NOWHERE;
  at = behindSpace(at + 1);
  if (letterAt(at) === CLOSE_BRACE) return at + 1;
  while (true) {
    if (letterAt(at) !== QUOTE) return NOWHERE;
    noteName(at + 1);
    const quote = endOfText(at + 1);
    if (quote === NOWHERE) return NOWHERE;
    at = behindColon(quote);
    if (at !== NOWHERE) at = behindValue(at, depth);
    if (at === NOWHERE) return NOWHERE;
    at = behindSpace(at);
    const letter = letterAt(at);
    if (letter === CLOSE_BRACE) return at + 1;
    if (letter !== COMMA) return NOWHERE;
    at = behindSpace(at + 1);
  }
}

/** JSON.stringify writes names that are whole numbers first. */
export function noteName(at: usize): void {
  if (isDigit(letterAt(at))) noteOther();
}

function behindList(at: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return NOWHERE;
  at = behindSpace(at + 1);
  if (letterAt(at) === CLOSE_BRACKET) return at + 1;
  while (true) {
    at = behindValue(at, depth);
    if (at === NOWHERE) return NOWHERE;
    at = behindSpace(at);
    const letter = letterAt(at);
    if (letter === CLOSE_BRACKET) return at + 1;
    if (letter !== COMMA) return NOWHERE;
    at = behindSpace(at + 1);
  }
}

const TRUE: u32 = 0x65757274;
const NULL: u32 = 0x6c6c756e;
/** `alse` */
const FALSE_BEHIND_F: u32 = 0x65736c61;

/** Skips a number, true, false or null. */
export function behindScalar(at: usize): usize {
  switch (letterAt(at)) {
    case LETTER_T:
      return load<u32>(at) === TRUE ? at + 4 : NOWHERE;
    case LETTER_N:
      return load<u32>(at) === NULL ? at + 4 : NOWHERE;
    case LETTER_F:
      return load<u32>(at + 1) === FALSE_BEHIND_F ? at + 5 : NOWHERE;
    default:
      return behindNumber(at);
  }
}

function behindDigits(at: usize): usize {
  while (isDigit(letterAt(at))) at++;
  return at;
}

/** Numbers with up to this many digits are exact. */
const SAFE_DIGITS: usize = 15;

function behindNumber(from: usize): usize {
  const first = letterAt(from) === MINUS ? from + 1 : from;
  let at = behindDigits(first);
  if (at === first || (letterAt(first) === ZERO && at > first + 1)) return NOWHERE;
  if (at - first > SAFE_DIGITS || (first > from && letterAt(first) === ZERO)) noteOther();
  if (letterAt(at) === POINT) {
    noteOther();
    const fraction = at + 1;
    at = behindDigits(fraction);
    if (at === fraction) return NOWHERE;
  }
  const letter = letterAt(at);
  if (letter !== LETTER_E && letter !== CAPITAL_E) return at;
  noteOther();
  const sign = letterAt(at + 1);
  const exponent = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
  at = behindDigits(exponent);
  return at === exponent ? NOWHERE : at;
}

/** Marks a missing count. */
export const UNKNOWN: i32 = -1;

/** The count that `behindCount` read. */
export let count: i32 = UNKNOWN;

/** Skips and reads a count: digits, or null. Any other value, or a count of more than 31 bits, is left to the host's parser. */
export function behindCount(from: usize): usize {
  count = UNKNOWN;
  if (letterAt(from) === LETTER_N) return behindScalar(from);
  let sum: u64 = 0;
  let at = from;
  for (let letter = letterAt(at); isDigit(letter); letter = letterAt(++at)) sum = sum * 10 + (letter - ZERO);
  const size = at - from;
  if (size === 0 || size > SAFE_DIGITS || sum > <u64>i32.MAX_VALUE || (letterAt(from) === ZERO && size > 1))
    return NOWHERE;
  const letter = letterAt(at);
  if (letter === POINT || letter === LETTER_E || letter === CAPITAL_E) return NOWHERE;
  count = <i32>sum;
  return at;
}
