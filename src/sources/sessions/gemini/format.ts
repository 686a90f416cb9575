import type { SessionFormat } from '../format.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import { GEMINI_CHAT, readGeminiChat } from './chat.ts';
import { isHeader, isModelMessage } from './messages.ts';
import { isSummary, readGeminiOutput } from './output.ts';
import { GEMINI_OUTPUT } from './session.ts';
import { GEMINI_TELEMETRY, readGeminiTelemetry, telemetryEvent } from './telemetry.ts';

/** The chats that the Gemini CLI keeps, whatever their version. */
export const geminiChat: SessionFormat = {
  name: GEMINI_CHAT,
  engine: 'gemini',
  title: 'a Gemini chat',
  recognises: ({ records }) => records.some((record) => isHeader(record) || isModelMessage(record)),
  read: readGeminiChat,
};

/** What the Gemini CLI prints with `--output-format json` or `stream-json`. */
export const geminiOutput: SessionFormat = {
  name: GEMINI_OUTPUT,
  engine: 'gemini',
  title: 'output of the Gemini CLI',
  recognises: ({ records }) => records.some((record) => isStreamEvent(record) || isOutput(record)),
  read: readGeminiOutput,
};

/** What the Gemini CLI writes to its telemetry file, as configured by the official action. */
export const geminiTelemetry: SessionFormat = {
  name: GEMINI_TELEMETRY,
  engine: 'gemini',
  title: 'telemetry of the Gemini CLI',
  recognises: ({ records }) => records.some((record) => telemetryEvent(record) !== null),
  read: readGeminiTelemetry,
};

function isOutput(record: JsonObject): boolean {
  return asText(record['type']) === null && isSummary(record);
}

function isStreamEvent(record: JsonObject): boolean {
  switch (record['type']) {
    case 'init':
      return asText(record['session_id']) !== null && asText(record['model']) !== null;
    case 'tool_use':
      return asText(record['tool_name']) !== null && asText(record['tool_id']) !== null;
    case 'tool_result':
      return asText(record['tool_id']) !== null && asText(record['status']) !== null;
    case 'result': {
      const stats = asObject(record['stats']);
      return asText(record['status']) !== null && stats !== null && Object.hasOwn(stats, 'total_tokens');
    }
    default:
      return false;
  }
}
