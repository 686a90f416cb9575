import { copyBytes, isSame } from './bytes';
import { errorOf } from './failures';
import { toldSize } from './fields';
import { Block, blockAt, Content, inner, outer, Row } from './record';
import {
  ANSWERED,
  addRow,
  COMPACTED,
  closeTurn,
  Ending,
  endStretch,
  endWith,
  GUARDED,
  SPOKEN,
  SUBAGENTS,
  UNGUARDED,
} from './stretch';
import { Entry, enter, got, keep, put, putMoment, putText, TEXTS, UNJUDGED } from './tape';
import { Word } from './words';

/** Whether some row proved that the file is a transcript. */
export let certain: bool = false;

/** The session and the folder of the preceding rows. */
const session: usize = memory.data(512 + 16);
let sessionSize: u32 = 0;
const folder: usize = memory.data(8192 + 16);
let folderSize: u32 = 0;

/** The last response entered, as long as its entry can be changed. Several rows make up one response. */
let response: usize = 0;
/** The last model kept, as long as it is still on the tape. */
let model: usize = 0;
let modelSize: u32 = 0;

/** Called when the tape has been emptied. The host may have read rows of its own since. */
export function forgetTape(): void {
  response = 0;
  modelSize = 0;
  sessionSize = 0;
  folderSize = 0;
}

export function forgetFile(): void {
  forgetTape();
  certain = false;
}

/** Writes the row just read to the tape. False when the row is left to the host, which has to parse it in full. */
export function tell(usageOnly: bool): bool {
  const wrapped = outer.type === Word.PROGRESS && outer.data === Word.AGENT_PROGRESS && inner.data === Word.DATA;
  const row = wrapped ? inner : outer;
  const subagent = wrapped || outer.sidechain;
  const at = row.at !== 0 ? row.at : outer.at;
  // The totals that Claude Code notes now and then are read by the host.
  if (outer.type === Word.COST_STATE || isUncertain(row, subagent, usageOnly)) return false;
  certain = certain || isTranscriptRow();
  followSession();
  if (row.type === Word.ASSISTANT && row.message && row.modelWord !== Word.SYNTHETIC) tellResponse(row, subagent, at);
  addRow(usageOnly ? spokenFlags(row, subagent) : flagsOf(row, subagent), at);
  if (usageOnly) {
    if (!subagent && isConversation(row)) endWith(Ending.UNKNOWN, at);
    return true;
  }
  followFolder(row);
  tellBlocks(row, at);
  if (!subagent) tellTurn(row, at);
  return true;
}

/** Whether part of the row has no id of its own. Its key is then made of its position, which only the host knows. */
function isUncertain(row: Row, subagent: bool, usageOnly: bool): bool {
  if (row.type === Word.ASSISTANT && row.usage && row.idSize === 0 && row.modelWord !== Word.SYNTHETIC) return true;
  if (usageOnly) return false;
  const wanted = row.type === Word.ASSISTANT ? Word.TOOL_USE : Word.TOOL_RESULT;
  for (let index: u32 = 0; index < row.blocks; index++) {
    const block = blockAt(row.firstBlock + index);
    if (isConversation(row) && block.type === wanted && !isNamed(block)) return true;
  }
  return !subagent && row.uuidSize === 0 && (isTurnEnd(row) || isAsked(row));
}

function isNamed(block: Block): bool {
  const wanted = block.type === Word.TOOL_USE ? Word.ID : Word.TOOL_USE_ID;
  return block.idSize > 0 && block.idName === wanted;
}

function isConversation(row: Row): bool {
  return row.type === Word.ASSISTANT || row.type === Word.USER;
}

function isTranscriptRow(): bool {
  const own = ((<u64>1) << Word.SESSION) | ((<u64>1) << Word.PARENT) | ((<u64>1) << Word.SIDECHAIN);
  return isConversation(outer) && (outer.names & own) !== 0;
}

function isTurnEnd(row: Row): bool {
  return row.type === Word.SYSTEM && row.subtype === Word.TURN_DURATION;
}

/** True for what the user said, not a tool or the engine in the user's name. */
function isAsked(row: Row): bool {
  if (row.type !== Word.USER || row.meta || row.compactSummary) return false;
  if (row.content !== Content.LIST) return row.content === Content.TEXT;
  for (let index: u32 = 0; index < row.blocks; index++)
    if (blockAt(row.firstBlock + index).type === Word.TOOL_RESULT) return false;
  return row.blocks > 0;
}

function followSession(): void {
  const size = outer.sessionSize;
  if (size === 0 || (size === sessionSize && isSame(outer.session, session, size))) return;
  endStretch();
  response = 0;
  // Each session has its own folder.
  folderSize = 0;
  copyBytes(session, outer.session, size);
  sessionSize = size;
  putText(enter(Entry.SESSION), 1, outer.session, size);
}

function followFolder(row: Row): void {
  const size = row.cwdSize;
  if (size === 0 || (size === folderSize && isSame(row.cwd, folder, size))) return;
  copyBytes(folder, row.cwd, size);
  folderSize = size;
  putText(enter(Entry.FOLDER), 1, row.cwd, size);
}

function spokenFlags(row: Row, subagent: bool): u32 {
  if (!isConversation(row)) return 0;
  return subagent ? SPOKEN | SUBAGENTS : SPOKEN;
}

function flagsOf(row: Row, subagent: bool): u32 {
  let flags = spokenFlags(row, subagent);
  if (row.type === Word.ASSISTANT && row.content === Content.LIST) flags |= ANSWERED;
  if (row.type === Word.SYSTEM && row.subtype === Word.COMPACT_BOUNDARY) flags |= COMPACTED;
  if (row.guarded) flags |= row.permissionMode === Word.BYPASS ? UNGUARDED : GUARDED;
  return flags;
}

/** Fields of a response. */
enum Of {
  MARKS = 1,
  ID = 2,
  REQUEST = 4,
  MODEL = 6,
  AT = 8,
  INPUT = 9,
  OUTPUT = 10,
  CACHE_READ = 11,
  CACHE_WRITE = 12,
  WRITE_5M = 13,
  WRITE_1H = 14,
  SEARCHES = 15,
}

const SUBAGENT: i32 = 1;
const FINAL: i32 = 2;
const FAST: i32 = 4;
const MEASURED: i32 = 8;

/**
 * Early rows of a response hold placeholders for the output. Among consecutive rows the one with the most output counts, and the
 * last one among equals. The host does the same for rows farther apart.
 */
function tellResponse(row: Row, subagent: bool, at: usize): void {
  if (row.idSize === 0) return;
  const marks =
    (subagent ? SUBAGENT : 0) | (row.final ? FINAL : 0) | (row.fast ? FAST : 0) | (isMeasured(row) ? MEASURED : 0);
  if (!isOfLast(row, subagent)) {
    response = enter(Entry.RESPONSE);
    putText(response, Of.ID, row.id, row.idSize);
    putText(response, Of.REQUEST, row.request, row.requestSize);
  } else if (outputOf(row) < lastOutput()) {
    return;
  }
  put(response, Of.MARKS, marks);
  putModel(row);
  putMoment(response, Of.AT, at);
  put(response, Of.INPUT, row.input);
  put(response, Of.OUTPUT, row.output);
  put(response, Of.CACHE_READ, row.cacheRead);
  put(response, Of.CACHE_WRITE, row.cacheWrite);
  put(response, Of.WRITE_5M, row.write5m);
  put(response, Of.WRITE_1H, row.write1h);
  put(response, Of.SEARCHES, row.searches);
}

/** Some gateways write zeros when they know nothing, but every response has input. */
function isMeasured(row: Row): bool {
  if (!row.usage) return false;
  return (
    row.input > 0 || row.output > 0 || row.cacheRead > 0 || row.cacheWrite > 0 || row.write5m > 0 || row.write1h > 0
  );
}

function outputOf(row: Row): i32 {
  return isMeasured(row) ? row.output : -1;
}

function lastOutput(): i32 {
  return (got(response, Of.MARKS) & MEASURED) !== 0 ? got(response, Of.OUTPUT) : -1;
}

function isOfLast(row: Row, subagent: bool): bool {
  if (response === 0 || (got(response, Of.MARKS) & SUBAGENT) !== (subagent ? SUBAGENT : 0)) return false;
  return isField(Of.ID, row.id, row.idSize) && isField(Of.REQUEST, row.request, row.requestSize);
}

function isField(field: u32, text: usize, size: u32): bool {
  return <u32>got(response, field + 1) === size && isSame(TEXTS + got(response, field), text, size);
}

function putModel(row: Row): void {
  if (modelSize === 0 || modelSize !== row.modelSize || !isSame(TEXTS + model, row.model, modelSize)) {
    model = <usize>keep(row.model, row.modelSize);
    modelSize = row.modelSize;
  }
  put(response, Of.MODEL, <i32>model);
  put(response, Of.MODEL + 1, row.modelSize);
}

function tellBlocks(row: Row, at: usize): void {
  for (let index: u32 = 0; index < row.blocks; index++) {
    const block = blockAt(row.firstBlock + index);
    if (row.type === Word.ASSISTANT && block.type === Word.TOOL_USE) tellCall(block, at);
    if (row.type === Word.USER && block.type === Word.TOOL_RESULT) {
      const entry = enter(Entry.RESULT);
      putText(entry, 1, block.id, block.idSize);
      putMoment(entry, 3, at);
      if (block.failed) tellFailure(entry, block);
      else put(entry, 4, 0);
    }
  }
}

/** Tells why a call failed. The text is kept only if the host has to judge it. */
function tellFailure(entry: usize, block: Block): void {
  const size = toldSize(block);
  const error = errorOf(block.content, size);
  put(entry, 4, error);
  if (error === UNJUDGED) putText(entry, 5, block.content, size);
}

/** The hash of an input has more bits than a field. The second half holds this many of them. */
const HALF: u64 = 26;

function tellCall(block: Block, at: usize): void {
  const entry = enter(Entry.CALL);
  putText(entry, 1, block.id, block.idSize);
  putMoment(entry, 3, at);
  putText(entry, 4, block.name, block.nameSize);
  putText(entry, 6, block.file, block.fileSize);
  putText(entry, 8, block.notebook, block.notebookSize);
  put(entry, 10, <i32>(block.input >>> HALF));
  put(entry, 11, <i32>(block.input & ((1 << HALF) - 1)));
}

/** Writes what a row of the main conversation says about turns and their outcome. */
function tellTurn(row: Row, at: usize): void {
  if (isTurnEnd(row)) {
    putTurn(row, at, row.duration);
    closeTurn(at);
    return;
  }
  if (isAsked(row)) putTurn(row, at, ASKED);
  if (!isConversation(row) || row.meta) return;
  if (row.apiError) endWith(Ending.FAILED, at);
  else if (row.modelWord !== Word.SYNTHETIC) endWith(isLastWord(row) ? Ending.COMPLETED : Ending.UNKNOWN, at);
}

/** Replaces the duration in the entry of a user's request. */
const ASKED: i32 = -2;

function putTurn(row: Row, at: usize, duration: i32): void {
  const entry = enter(Entry.TURN);
  putText(entry, 1, row.uuid, row.uuidSize);
  putMoment(entry, 3, at);
  put(entry, 4, duration);
}

function isLastWord(row: Row): bool {
  if (row.type !== Word.ASSISTANT) return false;
  return row.stopReason === Word.END_TURN || row.stopReason === Word.STOP_SEQUENCE;
}
