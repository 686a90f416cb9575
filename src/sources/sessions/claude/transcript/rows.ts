import { asObject, type JsonObject, objectsOf } from '../../json/fields.ts';

/** One row of the conversation, taken out of whatever wrapped it. */
export interface TranscriptRow {
  readonly row: JsonObject;
  /** Whether it belongs to a subagent. */
  readonly subagent: boolean;
}

/** The records of a transcript as rows; the export of the web puts them into one object. */
export function rowsOf(records: readonly JsonObject[]): readonly JsonObject[] {
  if (!records.some((record) => Array.isArray(record['loglines']))) return records;
  return records.flatMap((record) => (Array.isArray(record['loglines']) ? objectsOf(record['loglines']) : [record]));
}

/** What a subagent says stands within `agent_progress` rows in some versions, beside the main rows in others. */
export function unwrapped(row: JsonObject): TranscriptRow {
  const data = row['type'] === 'progress' ? asObject(row['data']) : null;
  const inner = data?.['type'] === 'agent_progress' ? asObject(data['message']) : null;
  if (inner === null) return { row, subagent: row['isSidechain'] === true };
  return { row: { ...inner, timestamp: inner['timestamp'] ?? row['timestamp'] }, subagent: true };
}

/** True for what a person, a tool or the model said; other rows are the engine's notes. */
export function isConversation({ row }: TranscriptRow): boolean {
  return row['type'] === 'assistant' || row['type'] === 'user';
}
