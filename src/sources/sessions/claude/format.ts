import type { SessionFormat } from '../format.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import { CLAUDE_EXECUTION } from './execution-name.ts';
import { readClaudeExecution } from './parse.ts';
import { isTranscriptRow } from './transcript/transcript-row.ts';

/** The execution file of claude-code-action, or the same messages as JSON Lines or as a single result. */
export const claudeExecution: SessionFormat = {
  name: CLAUDE_EXECUTION,
  engine: 'claude',
  title: 'a Claude execution file',
  recognises: (document) =>
    document.records.some(isExecutionMessage) && !document.records.some((record) => isTranscriptRow(record)),
  read: readClaudeExecution,
};

const RESULT_FIELDS = ['total_cost_usd', 'num_turns', 'duration_ms', 'is_error', 'modelUsage', 'permission_denials'];

function isExecutionMessage(record: JsonObject): boolean {
  switch (record['type']) {
    case 'result':
      return RESULT_FIELDS.some((field) => Object.hasOwn(record, field));
    case 'assistant': {
      const message = asObject(record['message']);
      return (
        message !== null && Array.isArray(message['content']) && asText(message['model'] ?? message['id']) !== null
      );
    }
    case 'system':
      return record['subtype'] === 'init' && asText(record['session_id']) !== null;
    default:
      return false;
  }
}
