import type { SessionFormat } from '../format.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import { COPILOT_EVENTS, readCopilotEvents } from './parse.ts';
import { isStreamEnd } from './stream-end.ts';

/** The event log that the Copilot CLI keeps of each session, and the same events as it prints them. */
export const copilotEvents: SessionFormat = {
  name: COPILOT_EVENTS,
  engine: 'copilot',
  title: 'a Copilot event log',
  recognises: ({ records }) => records.some((record) => isEvent(record) || isStreamEnd(record)),
  read: readCopilotEvents,
};

function isEvent(record: JsonObject): boolean {
  const data = asObject(record['data']);
  if (data === null) return false;
  switch (record['type']) {
    case 'session.start':
    case 'session.resume':
    case 'session.shutdown':
      return true;
    case 'assistant.message':
      return Array.isArray(data['toolRequests']) || asText(data['messageId']) !== null;
    case 'tool.execution_start':
    case 'tool.execution_complete':
      return asText(data['toolCallId']) !== null;
    case 'assistant.usage':
      return asText(data['model']) !== null;
    default:
      return false;
  }
}
