import type { SessionFormat } from './format.ts';
import type { JsonDocument } from './json/document.ts';
import { asObject, asText, type JsonObject } from './json/fields.ts';

/** Formats that are told from others, so that a person learns why their file gives no figures, and not read yet. */
export const NOT_YET_READ: readonly SessionFormat[] = [
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
];

const COPILOT_EVENTS: readonly unknown[] = ['session.start', 'session.resume', 'session.shutdown'];

function some(test: (record: JsonObject) => boolean): (document: JsonDocument) => boolean {
  return ({ records }) => records.some(test);
}
