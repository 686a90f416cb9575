import { type Flaw, type JsonDocument, readDocument, readLine } from './document.ts';
import type { JsonObject } from './fields.ts';
import { MAX_FLAWS, TOO_DAMAGED } from './recover.ts';

/** What logs of Actions write in front of each line. */
const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z /;

/** A word in brackets, as programs begin the lines of their logs: no list of JSON begins so. */
const LABEL = /^\s*\[\w[\w .:/-]{0,60}\]\s*[^\s\],]/;

/** So begins an object that stands on a line of its own. */
const OBJECT = '{"';

/** As `readDocument`; else, of a log in which other programs write too, the objects that have lines of their own. */
export function readDocumentOrLog(text: string): JsonDocument | null {
  return (LABEL.test(text) ? null : readDocument(text)) ?? readLog(text);
}

/** The objects on lines of a log; null where there are none. What else is written in it is not damaged: it is of others. */
function readLog(text: string): JsonDocument | null {
  const records: JsonObject[] = [];
  const flaws: Flaw[] = [];
  let at = 0;
  while (at < text.length && flaws.length <= MAX_FLAWS) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end);
    const body = line.replace(STAMP, '');
    if (body.startsWith(OBJECT)) readLine(body, end - body.length, records, flaws);
    at = end + 1;
  }
  if (at < text.length) flaws.push({ offset: at, reason: TOO_DAMAGED });
  return records.length === 0 ? null : { shape: 'lines', records, flaws, damaged: flaws.length > 0 };
}
