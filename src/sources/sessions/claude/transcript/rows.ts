import { asObject, type JsonObject, objectsOf } from '../../json/fields.ts';

/** One row of the conversation, without its wrapper. */
export interface TranscriptRow {
  readonly row: JsonObject;
  /** Whether it belongs to a subagent. */
  readonly subagent: boolean;
}

/** The records of a transcript as rows. The export of the web version wraps them in one object. */
export function rowsOf(records: readonly JsonObject[]): readonly JsonObject[] {
  if (!records.some((record) => Array.isArray(record['loglines']))) return records;
  return records.flatMap((record) => (Array.isArray(record['loglines']) ? objectsOf(record['loglines']) : [record]));
}

/** Some versions put subagent messages inside `agent_progress` rows, others next to the main rows. */
export function unwrapped(row: JsonObject): TranscriptRow {
  const data = row['type'] === 'progress' ? asObject(row['data']) : null;
  const inner = data?.['type'] === 'agent_progress' ? asObject(data['message']) : null;
  if (inner === null) return { row, subagent: row['isSidechain'] === true };
  return { row: { ...inner, timestamp: inner['timestamp'] ?? row['timestamp'] }, subagent: true };
}

/** True for what a person, a tool or the model said. Other rows are the engine's notes. */
export function isConversation({ row }: TranscriptRow): boolean {
  return row['type'] === 'assistant' || row['type'] === 'user';
}
