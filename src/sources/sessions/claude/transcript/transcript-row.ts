import type { JsonObject } from '../../json/fields.ts';

/** True for a row of a transcript that Claude Code keeps. These rows name their session differently. */
export function isTranscriptRow(record: JsonObject): boolean {
  if (record['type'] !== 'assistant' && record['type'] !== 'user') return false;
  return ['sessionId', 'parentUuid', 'isSidechain'].some((field) => Object.hasOwn(record, field));
}
