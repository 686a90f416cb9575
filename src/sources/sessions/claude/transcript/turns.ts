import type { SessionOutcome } from '../../../../core/session.ts';
import { type Instant, parseInstant } from '../../../../core/time.ts';
import { asCount, asObject, asText, type JsonObject, objectsOf } from '../../json/fields.ts';
import { SYNTHETIC } from '../responses.ts';
import { rowKey } from '../row-key.ts';
import { isConversation, type TranscriptRow } from './rows.ts';

/** A sign of a turn: what somebody asked for, or the engine's note that a turn has ended. */
export interface TurnMark {
  /** The same in every copy of the row. */
  readonly key: string;
  readonly kind: 'asked' | 'ended';
  /** How long the turn took in milliseconds, where the engine notes it. */
  readonly ms: number | null;
  readonly at: Instant | null;
}

/** How the main conversation stands at the end of a file, and when that was. */
export interface Ending {
  readonly outcome: SessionOutcome;
  readonly at: Instant | null;
}

/** The signs of turns in the main conversation; of a row and its copy there is one. */
export function turnMarks(rows: readonly TranscriptRow[]): readonly TurnMark[] {
  const marks = new Map<string, TurnMark>();
  rows.forEach(({ row, subagent }, index) => {
    const kind = subagent ? null : turnSign(row);
    if (kind === null) return;
    const key = rowKey(row, index);
    const ms = kind === 'ended' ? asCount(row['durationMs']) : null;
    marks.set(key, { key, kind, ms, at: parseInstant(row['timestamp']) });
  });
  return [...marks.values()];
}

function turnSign(row: JsonObject): TurnMark['kind'] | null {
  if (row['type'] === 'system' && row['subtype'] === 'turn_duration') return 'ended';
  return row['type'] === 'user' && isAsked(row) ? 'asked' : null;
}

/** What neither a tool nor the engine itself said in the name of the user. */
function isAsked(row: JsonObject): boolean {
  if (row['isMeta'] === true || row['isCompactSummary'] === true) return false;
  const content = asObject(row['message'])?.['content'];
  if (asText(content) !== null) return true;
  const blocks = objectsOf(content);
  return blocks.length > 0 && !blocks.some((block) => block['type'] === 'tool_result');
}

/**
 * How the main conversation stands, which stood as `before` when the rows began; null when the rows hold none of it. It is completed when the model has said its last word
 * or the engine has closed the turn, failed when the API's refusal is the last word, else nobody knows.
 */
export function endingOf(rows: readonly TranscriptRow[], before: Ending | null): Ending | null {
  let outcome = before?.outcome ?? null;
  let at: unknown = before?.at ?? null;
  for (const row of rows) {
    const next: SessionOutcome | null = row.subagent ? null : outcomeAfter(row, outcome);
    if (next !== null) [outcome, at] = [next, row.row['timestamp']];
  }
  return outcome === null ? null : { outcome, at: parseInstant(at) };
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
