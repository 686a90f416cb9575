import type { SessionOutcome } from '../../../../core/session.ts';
import { type Instant, parseInstant } from '../../../../core/time.ts';
import { asCount, asObject, asText, type JsonObject, objectsOf } from '../../json/fields.ts';
import { SYNTHETIC } from '../responses.ts';
import { rowKey } from '../row-key.ts';
import { isConversation, type TranscriptRow } from './rows.ts';

/** A mark of a turn: a user's request, or the engine's note that a turn has ended. */
export interface TurnMark {
  /** The same in every copy of the row. */
  readonly key: string;
  readonly kind: 'asked' | 'ended';
  /** How long the turn took in milliseconds, if the engine notes it. */
  readonly ms: number | null;
  readonly at: Instant | null;
}

/** The state of the main conversation at the end of a file, and its time. */
export interface Ending {
  readonly outcome: SessionOutcome;
  readonly at: Instant | null;
}

/** The turn mark in a row of the main conversation, or null. `index` distinguishes the row from its neighbours. */
export function turnMarkOf({ row, subagent }: TranscriptRow, index: number): TurnMark | null {
  const kind = subagent ? null : turnSign(row);
  if (kind === null) return null;
  const ms = kind === 'ended' ? asCount(row['durationMs']) : null;
  return { key: rowKey(row, index), kind, ms, at: parseInstant(row['timestamp']) };
}

function turnSign(row: JsonObject): TurnMark['kind'] | null {
  if (row['type'] === 'system' && row['subtype'] === 'turn_duration') return 'ended';
  return row['type'] === 'user' && isAsked(row) ? 'asked' : null;
}

/** True for what the user said, not a tool or the engine in the user's name. */
function isAsked(row: JsonObject): boolean {
  if (row['isMeta'] === true || row['isCompactSummary'] === true) return false;
  const content = asObject(row['message'])?.['content'];
  if (asText(content) !== null) return true;
  const blocks = objectsOf(content);
  return blocks.length > 0 && !blocks.some((block) => block['type'] === 'tool_result');
}

/**
 * The state of the main conversation after a row, given the state before. Null while there is none. It is completed when the model
 * has said its last word or the engine has closed the turn. It is failed when the API's refusal comes last. Otherwise it is
 * unknown.
 */
export function endingAfter(row: TranscriptRow, before: Ending | null): Ending | null {
  const outcome = row.subagent ? null : outcomeAfter(row, before?.outcome ?? null);
  return outcome === null ? before : { outcome, at: parseInstant(row.row['timestamp']) };
}

const LAST_WORDS: readonly unknown[] = ['end_turn', 'stop_sequence'];

/** Null when the row changes nothing. */
function outcomeAfter(entry: TranscriptRow, before: SessionOutcome | null): SessionOutcome | null {
  const { row } = entry;
  if (row['type'] === 'system' && row['subtype'] === 'turn_duration') return before === 'unknown' ? 'completed' : null;
  if (!isConversation(entry) || row['isMeta'] === true) return null;
  if (row['isApiErrorMessage'] === true) return 'failed';
  const message = asObject(row['message']);
  if (message?.['model'] === SYNTHETIC) return null;
  return row['type'] === 'assistant' && LAST_WORDS.includes(message?.['stop_reason']) ? 'completed' : 'unknown';
}
