import { type Instant, parseInstant } from '../../../../../core/time.ts';
import { MOST_READ } from '../../../changed-files.ts';
import { asObject, asText, type JsonObject } from '../../../json/fields.ts';
import { errorClass, numberOfClass } from '../../errors.ts';
import { hashIn } from '../../kept-hash.ts';
import { namedBlocks } from '../../tools.ts';
import { type Snapshot, snapshotIn } from '../noted.ts';
import { responseOf } from '../responses.ts';
import { isConversation, type TranscriptRow, unwrapped } from '../rows.ts';
import type { Wanted } from '../tally.ts';
import { endingAfter, turnMarkOf } from '../turns.ts';
import { ENTRY, newTape, type TapeWriter, type WrittenTape } from './tape-writer.ts';

/** Rows that the scanner left to the parser, written as the scanner writes its own. */
export interface RowTape extends WrittenTape {
  /** What Claude Code noted, by the numbers in the entries of notes. */
  readonly snapshots: readonly Snapshot[];
}

/**
 * Writes rows that were parsed in full as the scanner would have written them. `index` distinguishes the first of them from other
 * rows of the file, and `noted` is the number of its first snapshot. Null if they hold something that a tape cannot.
 */
export function tapeOfRows(rows: readonly JsonObject[], index: number, noted: number, wanted: Wanted): RowTape | null {
  const tape = newTape();
  const snapshots: Snapshot[] = [];
  for (const [at, record] of rows.entries()) {
    const entry = unwrapped(record);
    const session = asText(record['sessionId']);
    if (session !== null) {
      tape.enter(ENTRY.session);
      tape.text(1, session);
    }
    writeResponse(tape, entry, index + at);
    const snapshot = snapshotIn(entry.row);
    if (snapshot !== null) {
      tape.enter(ENTRY.note);
      tape.count(1, noted + snapshots.length);
      snapshots.push(snapshot);
    }
    if (wanted === 'all') writeWork(tape, entry, index + at);
    writeStretch(tape, entry, wanted);
  }
  const written = tape.written();
  return written === null ? null : { ...written, snapshots };
}

/** The marks of a response. */
const [SUBAGENT, FINAL, FAST, MEASURED] = [1, 2, 4, 8] as const;

function writeResponse(tape: TapeWriter, entry: TranscriptRow, index: number): void {
  const response = responseOf(entry, index);
  if (response === null) return;
  const { usage, subagent, final, fast } = response;
  tape.enter(ENTRY.response);
  tape.count(1, (subagent ? SUBAGENT : 0) | (final ? FINAL : 0) | (fast ? FAST : 0) | (usage === null ? 0 : MEASURED));
  tape.text(2, response.id);
  tape.text(4, response.request ?? '');
  tape.text(6, response.model ?? '');
  tape.moment(8, response.at);
  tape.count(9, usage?.input ?? null);
  tape.count(10, usage?.output ?? null);
  tape.count(11, usage?.cacheRead ?? null);
  tape.count(12, null);
  tape.count(13, usage?.cacheWrite5m ?? null);
  tape.count(14, usage?.cacheWrite1h ?? null);
  tape.count(15, response.webSearches);
}

/** The second half of an input's hash has this many values. */
const HALF = 2 ** 26;
/** The value that replaces the duration for a user's request. */
const ASKED = -2;

/** Writes everything but tokens. */
function writeWork(tape: TapeWriter, entry: TranscriptRow, index: number): void {
  const { row } = entry;
  const at = parseInstant(row['timestamp']);
  const folder = asText(row['cwd']);
  if (folder !== null) {
    tape.enter(ENTRY.folder);
    tape.text(1, spelt(folder.slice(0, MOST_READ)));
  }
  writeCalls(tape, row, index, at);
  writeResults(tape, row, index, at);
  const turn = turnMarkOf(entry, index);
  if (turn === null) return;
  tape.enter(ENTRY.turn);
  tape.text(1, turn.key);
  tape.moment(3, turn.at);
  tape.count(4, turn.kind === 'asked' ? ASKED : turn.ms);
}

function writeCalls(tape: TapeWriter, row: JsonObject, index: number, at: Instant | null): void {
  for (const [id, block] of namedBlocks(row, index, 'call')) {
    const input = asObject(block['input']);
    const hash = hashIn(block) ?? 0;
    tape.enter(ENTRY.call);
    tape.text(1, id);
    tape.moment(3, at);
    tape.text(4, asText(block['name']) ?? '');
    tape.text(6, pathIn(input, 'file_path'));
    tape.text(8, pathIn(input, 'notebook_path'));
    tape.count(10, Math.floor(hash / HALF));
    tape.count(11, hash % HALF);
  }
}

function writeResults(tape: TapeWriter, row: JsonObject, index: number, at: Instant | null): void {
  for (const [id, block] of namedBlocks(row, index, 'result')) {
    tape.enter(ENTRY.result);
    tape.text(1, id);
    tape.moment(3, at);
    tape.count(4, block['is_error'] === true ? numberOfClass(errorClass(block['content'])) : 0);
  }
}

/** As much of a path as is read later. The spelling of a longer text may be too long for a text. */
function pathIn(input: JsonObject | null, field: string): string {
  return spelt((asText(input?.[field]) ?? '').slice(0, MOST_READ));
}

/** The JSON spelling of a text in ASCII. */
function spelt(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The flags of a stretch, and the states in which it leaves the conversation. */
const [SPOKEN, SUBAGENTS, ANSWERED, COMPACTED, GUARDED, UNGUARDED] = [1, 2, 4, 8, 16, 32] as const;
const ENDINGS = { unknown: 1, completed: 2, failed: 3 } as const;
const CLOSED = 4;

function writeStretch(tape: TapeWriter, entry: TranscriptRow, wanted: Wanted): void {
  const { row, subagent } = entry;
  const at = parseInstant(row['timestamp']);
  const spoken = isConversation(entry);
  const own = (spoken ? SPOKEN : 0) | (spoken && subagent ? SUBAGENTS : 0);
  tape.enter(ENTRY.stretch);
  tape.count(1, wanted === 'all' ? own | workFlags(row) : own);
  tape.count(2, 1);
  tape.moment(3, at);
  tape.moment(4, at);
  // Without the skipped rows nobody knows how it ended.
  const said = spoken && !subagent ? ENDINGS.unknown : 0;
  tape.count(5, wanted === 'all' ? endingIn(entry) : said);
  tape.moment(6, at);
}

function workFlags(row: JsonObject): number {
  const answered = row['type'] === 'assistant' && Array.isArray(asObject(row['message'])?.['content']);
  const compacted = row['type'] === 'system' && row['subtype'] === 'compact_boundary';
  const mode = asText(row['permissionMode']);
  const guard = mode === null ? 0 : mode === 'bypassPermissions' ? UNGUARDED : GUARDED;
  return (answered ? ANSWERED : 0) | (compacted ? COMPACTED : 0) | guard;
}

/** 0 when a row does not change how the conversation ends. The end of a turn counts only if nothing else is known. */
function endingIn(entry: TranscriptRow): number {
  const { row, subagent } = entry;
  if (!subagent && row['type'] === 'system' && row['subtype'] === 'turn_duration') return CLOSED;
  const ending = endingAfter(entry, null);
  return ending === null ? 0 : ENDINGS[ending.outcome as keyof typeof ENDINGS];
}
