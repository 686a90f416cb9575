import { BACKSLASH, isDigit, LETTER_A, LETTER_F, LETTER_U, letterAt, NOWHERE, QUOTE, SLASH, SPACE } from './letters';
import { noteOther } from './spelling';

/**
 * Where the closing quote stands of the text whose first letter stands at `at`. Behind all bytes a control character stands, which
 * no text may hold, so that nothing runs past their end.
 */
export function endOfText(at: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const slashes = i8x16.splat(BACKSLASH);
  const blanks = i8x16.splat(SPACE);
  while (true) {
    const letters = v128.load(at);
    const ends = v128.or(i8x16.eq(letters, quotes), i8x16.eq(letters, slashes));
    const marks = i8x16.bitmask(v128.or(ends, i8x16.lt_u(letters, blanks)));
    if (marks === 0) {
      at += 16;
      continue;
    }
    at += ctz(marks);
    const letter = letterAt(at);
    if (letter === QUOTE) return at;
    if (letter !== BACKSLASH) return NOWHERE;
    at = behindEscape(at);
    if (at === NOWHERE) return NOWHERE;
  }
}

/** As `endOfText`, but only of a text whose letters all stand for themselves and take one byte. */
export function endOfPlainText(at: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const slashes = i8x16.splat(BACKSLASH);
  const blanks = i8x16.splat(SPACE);
  while (true) {
    const letters = v128.load(at);
    const ends = v128.or(i8x16.eq(letters, quotes), i8x16.eq(letters, slashes));
    // As numbers with a sign letters beyond ASCII are less than a space, too.
    const marks = i8x16.bitmask(v128.or(ends, i8x16.lt_s(letters, blanks)));
    if (marks !== 0) {
      at += ctz(marks);
      return letterAt(at) === QUOTE ? at : NOWHERE;
    }
    at += 16;
  }
}

/** Whether a letter may stand behind a backslash, `u` apart: one of `"/\\bfnrt`. */
function isEscape(letter: u8): bool {
  switch (letter) {
    case 0x22:
    case 0x2f:
    case 0x5c:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

function behindEscape(at: usize): usize {
  const letter = letterAt(at + 1);
  if (letter === SLASH || letter === LETTER_U) noteOther();
  if (letter !== LETTER_U) return isEscape(letter) ? at + 2 : NOWHERE;
  for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(letterAt(digit))) return NOWHERE;
  return at + 6;
}

function isHex(letter: u8): bool {
  const lower = letter | 32;
  return isDigit(letter) || (lower >= LETTER_A && lower <= LETTER_F);
}
