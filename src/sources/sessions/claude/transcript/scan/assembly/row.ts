import {
  isUntold,
  readContentOfBlock,
  readCountOf,
  readFlagOfRow,
  readMoment,
  readOfInput,
  readText,
  readTextOfBlock,
  readTextOfRow,
  readWordOfRow,
  text,
  textSize,
} from './fields';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  LETTER_T,
  letterAt,
  NOWHERE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './letters';
import { beforeFirst, nameAt } from './names';
import { Block, beginBlock, Content, forgetBlocks, forgetRow, inner, lastBlock, outer, Row } from './record';
import { forgetSpelling, hashOf, otherwise } from './spelling';
import { behindCount, behindScalar, behindSpace, behindText, behindValue, count, UNKNOWN } from './values';
import { Word, wordAt } from './words';

/** The kinds of objects whose fields are read. */
enum Kind {
  ROW,
  DATA,
  MESSAGE,
  USAGE,
  CACHE_CREATION,
  SERVER_TOOLS,
  BLOCK,
  BLOCK_INPUT,
}

/** Whether blocks are read. */
let wantsBlocks: bool = false;

/**
 * Reads the row at `at` into `outer`, and the row inside it into `inner`. Returns where it ends, or NOWHERE if the host's parser
 * might read it differently.
 */
export function readRow(at: usize, withBlocks: bool): usize {
  if (letterAt(at) !== OPEN_BRACE) return NOWHERE;
  wantsBlocks = withBlocks;
  forgetBlocks();
  forgetRow(outer);
  return readObject(Kind.ROW, outer, at);
}

/** Skips an object and reads the names that its kind knows into `row`. */
function readObject(kind: Kind, row: Row, at: usize): usize {
  let names: u64 = 0;
  let before = beforeFirst(kind);
  at = behindSpace(at + 1);
  if (letterAt(at) === CLOSE_BRACE) return at + 1;
  while (true) {
    if (letterAt(at) !== QUOTE) return NOWHERE;
    const name = nameAt(at + 1, before, kind);
    if (name === null) return NOWHERE;
    const word = name.word;
    const bit = word === Word.OTHER ? 0 : (<u64>1) << word;
    // For a duplicate name the last value counts, which is left to the host's parser.
    if ((names & bit) !== 0) return NOWHERE;
    names |= bit;
    at = behindSpace(at + 1 + name.size);
    at = word === Word.OTHER ? behindValue(at, 1) : readField(kind, row, word, at);
    if (at === NOWHERE) return NOWHERE;
    before = name;
    at = behindSpace(at);
    const letter = letterAt(at);
    if (letter === CLOSE_BRACE) break;
    if (letter !== COMMA) return NOWHERE;
    at = behindSpace(at + 1);
  }
  if (kind === Kind.ROW) row.names = names;
  return at + 1;
}

function readField(kind: Kind, row: Row, name: Word, at: usize): usize {
  switch (kind) {
    case Kind.ROW:
      return readOfRow(row, name, at);
    case Kind.MESSAGE:
      return readOfMessage(row, name, at);
    case Kind.USAGE:
      return readOfUsage(row, name, at);
    case Kind.CACHE_CREATION:
      return readCountOf(row, name, at, Word.WRITE_5M, Word.WRITE_1H);
    case Kind.SERVER_TOOLS:
      return readCountOf(row, name, at, Word.SEARCHES, Word.SEARCHES);
    case Kind.BLOCK:
      return readOfBlock(name, at);
    case Kind.BLOCK_INPUT:
      return readOfInput(name, at);
    default:
      return readOfData(row, name, at);
  }
}

function readOfRow(row: Row, name: Word, at: usize): usize {
  switch (name) {
    case Word.TYPE:
    case Word.SUBTYPE:
    case Word.PERMISSION_MODE:
      return readWordOfRow(row, name, at);
    case Word.SESSION:
    case Word.UUID:
    case Word.REQUEST:
    case Word.CWD:
      return readTextOfRow(row, name, at);
    case Word.SIDECHAIN:
    case Word.META:
    case Word.COMPACT_SUMMARY:
    case Word.API_ERROR:
    case Word.LOGLINES:
      return readFlagOfRow(row, name, at);
    case Word.TIMESTAMP:
      return readMoment(row, at);
    case Word.DURATION:
      at = behindCount(at);
      row.duration = count;
      return at;
    case Word.MESSAGE:
      return letterAt(at) === OPEN_BRACE ? readMessage(row, at) : behindScalar(at);
    case Word.DATA:
      return readData(row, at);
    default:
      return behindValue(at, 1);
  }
}

function readData(row: Row, at: usize): usize {
  if (letterAt(at) !== OPEN_BRACE || row !== outer) return behindValue(at, 1);
  forgetRow(inner);
  return readObject(Kind.DATA, outer, at);
}

/** The type of `data` is kept in the outer row, the type of the row inside it in the inner one. */
function readOfData(row: Row, name: Word, at: usize): usize {
  if (name === Word.TYPE) {
    at = readText(at);
    row.data = wordAt(text, text + textSize);
    return at;
  }
  if (name !== Word.MESSAGE || letterAt(at) !== OPEN_BRACE) return behindValue(at, 1);
  at = readObject(Kind.ROW, inner, at);
  inner.data = Word.DATA;
  return at;
}

function readMessage(row: Row, at: usize): usize {
  row.message = true;
  row.input = row.output = row.cacheRead = row.cacheWrite = row.write5m = row.write1h = row.searches = UNKNOWN;
  return readObject(Kind.MESSAGE, row, at);
}

function readOfMessage(row: Row, name: Word, at: usize): usize {
  switch (name) {
    case Word.ID:
      at = readText(at);
      row.id = text;
      row.idSize = textSize;
      return at;
    case Word.MODEL:
      at = readText(at);
      row.model = text;
      row.modelSize = textSize;
      row.modelWord = wordAt(text, text + textSize);
      return at;
    case Word.STOP_REASON:
      at = readText(at);
      row.final = textSize > 0;
      row.stopReason = wordAt(text, text + textSize);
      return at;
    case Word.USAGE:
      if (letterAt(at) !== OPEN_BRACE) return behindScalar(at);
      row.usage = true;
      return readObject(Kind.USAGE, row, at);
    case Word.CONTENT:
      return wantsBlocks ? readContent(row, at) : behindValue(at, 1);
    default:
      return behindValue(at, 1);
  }
}

function readOfUsage(row: Row, name: Word, at: usize): usize {
  if (name === Word.CACHE_CREATION || name === Word.SERVER_TOOLS) {
    if (letterAt(at) !== OPEN_BRACE) return behindScalar(at);
    return readObject(name === Word.CACHE_CREATION ? Kind.CACHE_CREATION : Kind.SERVER_TOOLS, row, at);
  }
  if (name === Word.SPEED) {
    at = readText(at);
    row.fast = wordAt(text, text + textSize) === Word.FAST;
    return at;
  }
  return readCountOf(row, name, at, Word.INPUT_TOKENS, Word.CACHE_WRITE);
}

function readContent(row: Row, at: usize): usize {
  const first = letterAt(at);
  if (first === QUOTE) {
    const behind = behindText(at);
    row.content = behind === at + 2 ? Content.NONE : Content.TEXT;
    return behind;
  }
  if (first !== OPEN_BRACKET) return behindScalar(at);
  row.content = Content.LIST;
  at = behindSpace(at + 1);
  if (letterAt(at) === CLOSE_BRACKET) return at + 1;
  while (true) {
    if (letterAt(at) !== OPEN_BRACE || !beginBlock(row)) return NOWHERE;
    at = readObject(Kind.BLOCK, row, at);
    if (at === NOWHERE || isUntold(lastBlock())) return NOWHERE;
    at = behindSpace(at);
    const letter = letterAt(at);
    if (letter === CLOSE_BRACKET) return at + 1;
    if (letter !== COMMA) return NOWHERE;
    at = behindSpace(at + 1);
  }
}

/** Reads into the most recent block. */
function readOfBlock(name: Word, at: usize): usize {
  const block = lastBlock();
  switch (name) {
    case Word.TYPE:
      at = readText(at);
      block.type = wordAt(text, text + textSize);
      return at;
    case Word.ID:
    case Word.TOOL_USE_ID:
    case Word.NAME:
      return readTextOfBlock(block, name, at);
    case Word.INPUT:
      return readInput(block, at);
    case Word.IS_ERROR:
      block.failed = letterAt(at) === LETTER_T;
      return behindValue(at, 1);
    case Word.CONTENT:
      return readContentOfBlock(block, at);
    default:
      return behindValue(at, 1);
  }
}

/**
 * Equal inputs are recognised by their bytes. An input that JSON.stringify would write differently is left to the host's parser.
 */
function readInput(block: Block, at: usize): usize {
  forgetSpelling();
  const end = letterAt(at) === OPEN_BRACE ? readObject(Kind.BLOCK_INPUT, outer, at) : behindValue(at, 1);
  if (end === NOWHERE || otherwise) return NOWHERE;
  block.input = hashOf(at, <u32>(end - at));
  return block.input === 0 ? NOWHERE : end;
}
