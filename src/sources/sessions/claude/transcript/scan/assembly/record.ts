import { clearBytes } from './bytes';
import { UNKNOWN } from './values';
import { Word } from './words';

/** What a message has as its content. An empty text counts as none. */
export enum Content {
  NONE,
  TEXT,
  LIST,
}

/** One row, or the subagent's row inside it. Texts are places and sizes, and a size of 0 means none. */
@unmanaged
export class Row {
  /** The known words among its names, as bits. */
  names: u64;
  type: Word;
  subtype: Word;
  permissionMode: Word;
  /** What kind of `data` it has. For the row inside `data` it says that there is one. */
  data: Word;
  /** NOWHERE if it has none. */
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
  /** Whether it has an object as its message, and as that message's usage. */
  message: bool;
  usage: bool;
  final: bool;
  fast: bool;
  content: Content;
  duration: i32;
  id: usize;
  idSize: u32;
  model: usize;
  modelSize: u32;
  modelWord: Word;
  stopReason: Word;
  input: i32;
  output: i32;
  cacheRead: i32;
  cacheWrite: i32;
  write5m: i32;
  write1h: i32;
  searches: i32;
  firstBlock: u32;
  blocks: u32;
}

/** One content block of a message. */
@unmanaged
export class Block {
  type: Word;
  /** The name of its id field: a call's own id, or the id of the call that a result answers. */
  idName: Word;
  id: usize;
  idSize: u32;
  name: usize;
  nameSize: u32;
  /** In JSON spelling, between the quotes. */
  file: usize;
  fileSize: u32;
  notebook: usize;
  notebookSize: u32;
  /** The hash of its input, or 0 if it has none. */
  input: u64;
  /** Set for a call that failed. The text of its result says why. */
  failed: bool;
  /** A result's text in JSON spelling, between the quotes. NOWHERE if the content is not a text. */
  content: usize;
  contentSize: u32;
}

/** A row with more blocks is left to the host's parser. */
const MOST_BLOCKS: u32 = 64;
const BLOCK_SIZE: u32 = 64;
const blocks: usize = memory.data(64 * 64, 8);
let blockCount: u32 = 0;

export const outer: Row = changetype<Row>(memory.data(512, 8));
export const inner: Row = changetype<Row>(memory.data(512, 8));

export function blockAt(index: u32): Block {
  return changetype<Block>(blocks + index * BLOCK_SIZE);
}

/** The most recent block. */
export function lastBlock(): Block {
  return blockAt(blockCount - 1);
}

/** Begins a block of a row. False when there is no room for another. */
export function beginBlock(row: Row): bool {
  if (blockCount === MOST_BLOCKS) return false;
  if (row.blocks++ === 0) row.firstBlock = blockCount;
  clearBytes(blocks + blockCount++ * BLOCK_SIZE, BLOCK_SIZE);
  return true;
}

export function forgetBlocks(): void {
  blockCount = 0;
}

/** Resets a row. */
export function forgetRow(row: Row): void {
  clearBytes(changetype<usize>(row), <u32>offsetof<Row>());
  row.duration = UNKNOWN;
}
