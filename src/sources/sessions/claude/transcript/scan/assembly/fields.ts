import { BACKSLASH, LETTER_N, LETTER_T, LETTER_U, letterAt, NOWHERE, OPEN_BRACKET, QUOTE } from './letters';
import { isMoment, MOMENT } from './moments';
import { Block, lastBlock, Row } from './record';
import { endOfPlainText, endOfText } from './texts';
import { behindCount, behindScalar, behindValue, count } from './values';
import { Word, wordAt } from './words';

export function readWordOfRow(row: Row, name: Word, at: usize): usize {
  at = readText(at);
  const word = wordAt(text, text + textSize);
  if (name === Word.TYPE) row.type = word;
  else if (name === Word.SUBTYPE) row.subtype = word;
  else {
    row.permissionMode = word;
    row.guarded = textSize > 0;
  }
  return at;
}

export function readTextOfRow(row: Row, name: Word, at: usize): usize {
  at = name === Word.CWD ? readRawText(at) : readText(at);
  if (name === Word.SESSION) {
    row.session = text;
    row.sessionSize = textSize;
  } else if (name === Word.UUID) {
    row.uuid = text;
    row.uuidSize = textSize;
  } else if (name === Word.REQUEST) {
    row.request = text;
    row.requestSize = textSize;
  } else {
    row.cwd = text;
    row.cwdSize = textSize;
  }
  return at;
}

export function readFlagOfRow(row: Row, name: Word, at: usize): usize {
  const isSet = letterAt(at) === LETTER_T;
  // The export of the web version holds all of its rows in this field.
  if (name === Word.LOGLINES) return letterAt(at) === OPEN_BRACKET ? NOWHERE : behindValue(at, 1);
  if (name === Word.SIDECHAIN) row.sidechain = isSet;
  else if (name === Word.API_ERROR) row.apiError = isSet;
  else if (name === Word.META) row.meta = isSet;
  else row.compactSummary = isSet;
  return behindValue(at, 1);
}

export function readMoment(row: Row, at: usize): usize {
  if (letterAt(at) !== QUOTE) return letterAt(at) === LETTER_N ? behindScalar(at) : NOWHERE;
  if (letterAt(at + 1 + MOMENT) !== QUOTE || !isMoment(at + 1)) return NOWHERE;
  row.at = at + 1;
  return at + MOMENT + 2;
}

/** Reads a count if its name lies between `first` and `last`. */
export function readCountOf(row: Row, name: Word, at: usize, first: Word, last: Word): usize {
  if (name < first || name > last) return behindValue(at, 1);
  at = behindCount(at);
  if (at !== NOWHERE) keepCount(row, name);
  return at;
}

function keepCount(row: Row, name: Word): void {
  switch (name) {
    case Word.INPUT_TOKENS:
      row.input = count;
      break;
    case Word.OUTPUT_TOKENS:
      row.output = count;
      break;
    case Word.CACHE_READ:
      row.cacheRead = count;
      break;
    case Word.CACHE_WRITE:
      row.cacheWrite = count;
      break;
    case Word.WRITE_5M:
      row.write5m = count;
      break;
    case Word.WRITE_1H:
      row.write1h = count;
      break;
    default:
      row.searches = count;
  }
}

/** The type may follow the ids and decides which of the two counts. A block with both is left to the host's parser. */
export function readTextOfBlock(block: Block, name: Word, at: usize): usize {
  at = readText(at);
  if (name === Word.NAME) {
    block.name = text;
    block.nameSize = textSize;
    return at;
  }
  if (block.id !== NOWHERE) return NOWHERE;
  block.id = text;
  block.idSize = textSize;
  block.idName = name;
  return at;
}

export function readOfInput(name: Word, at: usize): usize {
  if (name !== Word.FILE_PATH && name !== Word.NOTEBOOK_PATH) return behindValue(at, 1);
  if (letterAt(at) !== QUOTE) return behindValue(at, 1);
  const block = lastBlock();
  at = readRawText(at);
  if (name === Word.FILE_PATH) {
    block.file = text;
    block.fileSize = textSize;
  } else {
    block.notebook = text;
    block.notebookSize = textSize;
  }
  return at;
}

export function readContentOfBlock(block: Block, at: usize): usize {
  const behind = behindValue(at, 1);
  if (letterAt(at) !== QUOTE || behind === NOWHERE) return behind;
  block.content = at + 1;
  block.contentSize = <u32>(behind - at - 2);
  return behind;
}

/** Whether a call failed without a text that says why. Such rows are left to the host's parser. */
export function isUntold(block: Block): bool {
  return block.failed && block.content === NOWHERE;
}

/** The host considers the first 2,048 letters of an error text (see ../../../errors.ts). Each takes six bytes at most. */
const CONSIDERED: usize = 6 * 2_048;

/** How much of a failed call's text is passed on: the part that is considered, cut where a letter ends. */
export function toldSize(block: Block): u32 {
  if (<usize>block.contentSize <= CONSIDERED) return block.contentSize;
  let at = block.content;
  while (at - block.content < CONSIDERED) {
    if (letterAt(at) !== BACKSLASH) at++;
    else at += letterAt(at + 1) === LETTER_U ? 6 : 2;
  }
  while ((letterAt(at) & 0xc0) === 0x80) at++;
  return <u32>(at - block.content);
}

/** What `readText` and `readRawText` read. The size is 0 if the value was not a text. */
export let text: usize = 0;
export let textSize: u32 = 0;

/** Longer texts are left to the host's parser. */
const LONGEST: usize = 512;
const LONGEST_RAW: usize = 8_192;

export function readText(at: usize): usize {
  textSize = 0;
  if (letterAt(at) !== QUOTE) return behindScalar(at);
  return keepText(at + 1, endOfPlainText(at + 1), LONGEST);
}

/** Reads a text in its JSON spelling. */
export function readRawText(at: usize): usize {
  textSize = 0;
  if (letterAt(at) !== QUOTE) return behindScalar(at);
  return keepText(at + 1, endOfText(at + 1), LONGEST_RAW);
}

function keepText(from: usize, quote: usize, longest: usize): usize {
  if (quote === NOWHERE || quote - from > longest) return NOWHERE;
  text = from;
  textSize = <u32>(quote - from);
  return quote + 1;
}
