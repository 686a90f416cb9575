import { type JsonDocument, readDocument, readLine, readLines } from './document.ts';

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

/** The objects on lines of a log; null where there are none. Other programs wrote the rest of it, so it is not damaged. */
function readLog(text: string): JsonDocument | null {
  const document = readLines(text, (line, at, records, flaws) => {
    const body = line.replace(STAMP, '');
    if (body.startsWith(OBJECT)) readLine(body, at + line.length - body.length, records, flaws);
    return 'line';
  });
  return document.records.length === 0 ? null : document;
}
