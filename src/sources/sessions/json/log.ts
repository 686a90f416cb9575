import { type Flaw, type JsonDocument, parse, readDocument, readLine, readRestOfArray } from './document.ts';
import { asObject, type JsonObject } from './fields.ts';
import { linePrefix } from './log-line.ts';
import { isRest, MAX_FLAWS, NO_BEGINNING, nextBrace, TOO_DAMAGED } from './recover.ts';

/** A label in brackets, with which programs begin log lines. No JSON list begins like this. */
const LABEL = /^\s*\[\w[\w .:/-]{0,60}\]\s*[^\s\],]/;

/** The start of an object on a line of its own. */
const OBJECT = '{"';

/** No engine prints a longer object over several lines. */
const LONGEST_OBJECT = 32_000_000;

/**
 * Like `readDocument`. For a log in which other programs write too, it reads the objects that have lines of their own. A text without
 * any may be the rest of an array.
 */
export function readDocumentOrLog(text: string): JsonDocument | null {
  return (LABEL.test(text) ? null : readDocument(text)) ?? readLog(text) ?? readRestOfArray(text);
}

/** An object printed over several lines, as far as it was read. */
interface OpenObject {
  /** Where its line begins. */
  readonly offset: number;
  readonly lines: string[];
  size: number;
}

interface LogReading {
  readonly records: JsonObject[];
  readonly flaws: Flaw[];
  open: OpenObject | null;
}

/** The objects in a log, or null if there are none. Other content is not damage: other programs wrote it. */
function readLog(text: string): JsonDocument | null {
  const reading: LogReading = { records: [], flaws: [], open: null };
  const { records, flaws } = reading;
  let at = 0;
  while (at < text.length && flaws.length <= MAX_FLAWS) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    takeLine(reading, text.slice(at, end), at);
    at = end + 1;
  }
  giveUp(reading, 'a record is cut off before its end');
  if (at < text.length) flaws.push({ offset: at, reason: TOO_DAMAGED });
  return records.length === 0 ? null : { shape: 'lines', records, flaws, damaged: flaws.length > 0 };
}

/** How the lines of JSON end. A command that another program repeats before the first record may hold `"name": ` as well. */
const ENDING = /(?:["\d[\]{}]|true|false|null),?$/;

function takeLine(reading: LogReading, line: string, at: number): void {
  const prefix = linePrefix(line);
  const body = line.slice(prefix).replaceAll(COLOURS, '').trimEnd();
  if (body === '{') {
    giveUp(reading, 'a record is cut off before its end');
    reading.open = { offset: at + prefix, lines: [body], size: 1 };
  } else if (body.startsWith(OBJECT)) {
    giveUp(reading, 'a record is cut off before its end');
    readLine(body, at + prefix, reading.records, reading.flaws);
  } else if (reading.open !== null) {
    goOn(reading, reading.open, body);
  } else if (at === 0 && ENDING.test(body) && isRest(body.slice(0, nextBrace(body, 0)))) {
    reading.flaws.push({ offset: 0, reason: NO_BEGINNING });
  }
}

/** Terminal colour codes. JSON texts never contain the letter that they begin with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is how colours are written
const COLOURS = /\u001B\[[\d;]*[A-Za-z]/g;

function goOn(reading: LogReading, open: OpenObject, body: string): void {
  open.lines.push(body);
  open.size += body.length;
  if (body === '}') {
    const object = asObject(parse(open.lines.join('\n')));
    if (object === null) giveUp(reading, 'a record cannot be read');
    else reading.records.push(object);
    reading.open = null;
  } else if (open.size > LONGEST_OBJECT) {
    giveUp(reading, 'a record is cut off before its end');
  }
}

/** The second line of an object as the engines print it. A lone brace may begin many other things. */
const FIELD = /^ {2}"[A-Za-z_]/;

/** Ends an object that was not closed. It is a flaw only if its second line shows that it was an object. */
function giveUp(reading: LogReading, reason: string): void {
  const { open, flaws } = reading;
  if (open !== null && FIELD.test(open.lines[1] ?? '')) flaws.push({ offset: open.offset, reason });
  reading.open = null;
}
