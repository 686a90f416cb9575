import type { SessionFormat } from './format.ts';
import type { JsonDocument } from './json/document.ts';
import { asObject, asText, type JsonObject } from './json/fields.ts';

/** Formats that are told from others, so that a person learns why their file gives no figures, and not read yet. */
export const NOT_YET_READ: readonly SessionFormat[] = [
  {
    name: 'codex-rollout',
    engine: 'codex',
    title: 'a Codex rollout',
    marks: ['"payload"'],
    recognises: some((record) => CODEX_ROWS.includes(record['type']) && asObject(record['payload']) !== null),
    read: null,
  },
  {
    name: 'codex-exec',
    engine: 'codex',
    title: 'output of `codex exec --json`',
    marks: ['"item.', '"turn.', '"thread.'],
    recognises: some((record) => CODEX_EVENTS.includes(record['type'])),
    read: null,
  },
  {
    name: 'gemini-chat',
    engine: 'gemini',
    title: 'a Gemini chat',
    marks: ['"projectHash"'],
    recognises: some((record) => asText(record['projectHash']) !== null && asText(record['sessionId']) !== null),
    read: null,
  },
  {
    name: 'gemini-output',
    engine: 'gemini',
    title: 'output of the Gemini CLI',
    marks: ['"stats"'],
    recognises: some(({ stats }) => asObject(stats) !== null && Object.hasOwn(asObject(stats) ?? {}, 'models')),
    read: null,
  },
  {
    name: 'copilot-events',
    engine: 'copilot',
    title: 'a Copilot event log',
    marks: ['"session.'],
    recognises: some((record) => COPILOT_EVENTS.includes(record['type']) && asObject(record['data']) !== null),
    read: null,
  },
  {
    name: 'gh-aw-usage',
    engine: 'gh-aw',
    title: 'a gh-aw usage file',
    marks: ['"token_usage"', '"ai_credits"', '"effective_tokens"'],
    recognises: some(isUsageOfGhAw),
    read: null,
  },
];

const CODEX_ROWS: readonly unknown[] = ['session_meta', 'turn_context', 'event_msg', 'response_item'];
const CODEX_EVENTS: readonly unknown[] = ['thread.started', 'turn.completed', 'turn.failed', 'item.completed'];
const COPILOT_EVENTS: readonly unknown[] = ['session.start', 'session.resume', 'session.shutdown'];

function some(test: (record: JsonObject) => boolean): (document: JsonDocument) => boolean {
  return ({ records }) => records.some(test);
}

function isUsageOfGhAw(record: JsonObject): boolean {
  if (record['event'] === 'token_usage') return true;
  return Object.hasOwn(record, 'ai_credits') || Object.hasOwn(record, 'effective_tokens');
}
