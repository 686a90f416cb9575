import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  LETTER_N,
  LETTER_T,
  letterAt,
  NOWHERE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './letters';
import { isMoment, MOMENT } from './moments';
import { endOfPlainText, endOfText } from './texts';
import { behindColon, behindCount, behindScalar, behindSpace, behindText, behindValue, count } from './values';
import { Word, wordAt } from './words';

/** What stands in a message as what was said; a text that says nothing is none. */
export enum Content {
  NONE,
  TEXT,
  LIST,
}

/** One row, or the one of a subagent within it. Texts are places and sizes; a size of 0 is none. */
@unmanaged
export class Row {
  /** The words among its names, as bits. */
  names: u64;
  type: Word;
  subtype: Word;
  permissionMode: Word;
  /** What its `data` is; in a row that stands there, that it does. */
  data: Word;
  /** NOWHERE when it has none. */
  at: usize;
  uuid: usize;
  uuidSize: u32;
  session: usize;
  sessionSize: u32;
  request: usize;
  requestSize: u32;
  cwd: usize;
  cwdSize: u32;
  sidechain: bool;
  meta: bool;
  compactSummary: bool;
  apiError: bool;
  guarded: bool;
  /** Whether it holds an object as its message, and as that one's usage. */
  message: bool;
  usage: bool;
  final: bool;
  fast: bool;
  content: Content;
  duration: f64;
  id: usize;
  idSize: u32;
  model: usize;
  modelSize: u32;
  modelWord: Word;
  stopReason: Word;
  input: f64;
  output: f64;
  cacheRead: f64;
  cacheWrite: f64;
  write5m: f64;
  write1h: f64;
  searches: f64;
  firstBlock: u32;
  blocks: u32;
}

/** One block of what a message holds. */
@unmanaged
export class Block {
  type: Word;
  /** The name of its id: a call's own or that of the call which a result answers. */
  idName: Word;
  id: usize;
  idSize: u32;
  name: usize;
  nameSize: u32;
  /** As JSON writes them, between the quotes. */
  file: usize;
  fileSize: u32;
  notebook: usize;
  notebookSize: u32;
}

/** The kinds of objects that are looked into. */
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

/** A row with more blocks is left to the parser of the language. */
const MOST_BLOCKS: u32 = 64;
const BLOCK_SIZE: u32 = 64;
const blocks: usize = memory.data(64 * 64, 8);
let blockCount: u32 = 0;

export const outer: Row = changetype<Row>(memory.data(512, 8));
export const inner: Row = changetype<Row>(memory.data(512, 8));

export function blockAt(index: u32): Block {
  return changetype<Block>(blocks + index * BLOCK_SIZE);
}

/** Whether blocks are looked into. */
let wantsBlocks: bool = false;

/**
 * Reads the row at `at` into `outer`, and the one within it into `inner`; where it ends, or NOWHERE when it is none that is sure to be
 * read as the parser of the language reads it.
 */
export function readRow(at: usize, withBlocks: bool): usize {
  if (letterAt(at) !== OPEN_BRACE) return NOWHERE;
  wantsBlocks = withBlocks;
  blockCount = 0;
  memory.fill(changetype<usize>(outer), 0, offsetof<Row>());
  outer.duration = NaN;
  return readObject(Kind.ROW, outer, at);
}

/** Behind an object, of which the names that its kind knows are read into `row`. */
function readObject(kind: Kind, row: Row, at: usize): usize {
  let names: u64 = 0;
  at = behindSpace(at + 1);
  if (letterAt(at) === CLOSE_BRACE) return at + 1;
  while (true) {
    if (letterAt(at) !== QUOTE) return NOWHERE;
    const quote = endOfPlainText(at + 1);
    if (quote === NOWHERE) return NOWHERE;
    const name = wordAt(at + 1, quote);
    const bit = name === Word.OTHER ? 0 : (<u64>1) << name;
    // Of a name that stands twice the last counts: that is left to the parser of the language.
    if ((names & bit) !== 0) return NOWHERE;
    names |= bit;
    at = behindColon(quote);
    if (at !== NOWHERE) at = name === Word.OTHER ? behindValue(at, 1) : readField(kind, row, name, at);
    if (at === NOWHERE) return NOWHERE;
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

function readWordOfRow(row: Row, name: Word, at: usize): usize {
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

function readTextOfRow(row: Row, name: Word, at: usize): usize {
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

function readFlagOfRow(row: Row, name: Word, at: usize): usize {
  const isSet = letterAt(at) === LETTER_T;
  // The export of the web holds all of its rows in this field.
  if (name === Word.LOGLINES) return letterAt(at) === OPEN_BRACKET ? NOWHERE : behindValue(at, 1);
  if (name === Word.SIDECHAIN) row.sidechain = isSet;
  else if (name === Word.API_ERROR) row.apiError = isSet;
  else if (name === Word.META) row.meta = isSet;
  else row.compactSummary = isSet;
  return behindValue(at, 1);
}

function readMoment(row: Row, at: usize): usize {
  if (letterAt(at) !== QUOTE) return letterAt(at) === LETTER_N ? behindScalar(at) : NOWHERE;
  if (letterAt(at + 1 + MOMENT) !== QUOTE || !isMoment(at + 1)) return NOWHERE;
  row.at = at + 1;
  return at + MOMENT + 2;
}

function readData(row: Row, at: usize): usize {
  if (letterAt(at) !== OPEN_BRACE || row !== outer) return behindValue(at, 1);
  memory.fill(changetype<usize>(inner), 0, offsetof<Row>());
  inner.duration = NaN;
  return readObject(Kind.DATA, outer, at);
}

/** The type of the data is kept in the row, that of a row within it in that one. */
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
  row.input = row.output = row.cacheRead = row.cacheWrite = row.write5m = row.write1h = row.searches = NaN;
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

/** Reads a count whose name is one of those from `first` to `last`. */
function readCountOf(row: Row, name: Word, at: usize, first: Word, last: Word): usize {
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

function readContent(row: Row, at: usize): usize {
  const first = letterAt(at);
  if (first === QUOTE) {
    const behind = behindText(at);
    row.content = behind === at + 2 ? Content.NONE : Content.TEXT;
    return behind;
  }
  if (first !== OPEN_BRACKET) return behindScalar(at);
  row.content = Content.LIST;
  row.firstBlock = blockCount;
  at = behindSpace(at + 1);
  if (letterAt(at) === CLOSE_BRACKET) return at + 1;
  while (true) {
    if (letterAt(at) !== OPEN_BRACE || blockCount === MOST_BLOCKS) return NOWHERE;
    memory.fill(blocks + blockCount++ * BLOCK_SIZE, 0, BLOCK_SIZE);
    row.blocks++;
    at = readObject(Kind.BLOCK, row, at);
    if (at === NOWHERE) return NOWHERE;
    at = behindSpace(at);
    const letter = letterAt(at);
    if (letter === CLOSE_BRACKET) return at + 1;
    if (letter !== COMMA) return NOWHERE;
    at = behindSpace(at + 1);
  }
}

/** Into the last block that was begun. */
function readOfBlock(name: Word, at: usize): usize {
  const block = blockAt(blockCount - 1);
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
      return letterAt(at) === OPEN_BRACE ? readObject(Kind.BLOCK_INPUT, outer, at) : behindValue(at, 1);
    case Word.IS_ERROR:
      // Why a call failed stands in the text of its result: such rows are read wholly.
      return letterAt(at) === LETTER_T ? NOWHERE : behindValue(at, 1);
    default:
      return behindValue(at, 1);
  }
}

/** Which of the two ids counts the type tells, which may stand behind them; a block with both is left to the parser. */
function readTextOfBlock(block: Block, name: Word, at: usize): usize {
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

function readOfInput(name: Word, at: usize): usize {
  if (name !== Word.FILE_PATH && name !== Word.NOTEBOOK_PATH) return behindValue(at, 1);
  if (letterAt(at) !== QUOTE) return behindValue(at, 1);
  const block = blockAt(blockCount - 1);
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

/** What `readText` and `readRawText` read; a size of 0 when something else than a text stood there. */
let text: usize = 0;
let textSize: u32 = 0;

/** Longer texts are left to the parser of the language. */
const LONGEST: usize = 512;
const LONGEST_RAW: usize = 8_192;

function readText(at: usize): usize {
  textSize = 0;
  if (letterAt(at) !== QUOTE) return behindScalar(at);
  return keepText(at + 1, endOfPlainText(at + 1), LONGEST);
}

/** A text as JSON writes it. */
function readRawText(at: usize): usize {
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
