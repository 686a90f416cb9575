import { clearBytes } from './bytes';
import { UNKNOWN } from './values';
import { Word } from './words';

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
  /** Stands for its input; 0 where it has none. */
  input: u64;
  /** Of a call that failed; why stands in the text of its result. */
  failed: bool;
  /** What a result holds as JSON writes it, between the quotes; NOWHERE when that is no text. */
  content: usize;
  contentSize: u32;
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

/** The block that was begun last. */
export function lastBlock(): Block {
  return blockAt(blockCount - 1);
}

/** Begins a block of a row; false when there is no room for another. */
export function beginBlock(row: Row): bool {
  if (blockCount === MOST_BLOCKS) return false;
  if (row.blocks++ === 0) row.firstBlock = blockCount;
  clearBytes(blocks + blockCount++ * BLOCK_SIZE, BLOCK_SIZE);
  return true;
}

/** Forgets all blocks. */
export function forgetBlocks(): void {
  blockCount = 0;
}

/** Forgets what a row told. */
export function forgetRow(row: Row): void {
  clearBytes(changetype<usize>(row), <u32>offsetof<Row>());
  row.duration = UNKNOWN;
}
