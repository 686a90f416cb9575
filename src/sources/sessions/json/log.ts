import { type Flaw, type JsonDocument, parse, readDocument, readLine, readRestOfArray, recordsOf } from './document.ts';
import type { JsonObject } from './fields.ts';
import { linePrefix } from './log-line.ts';
import { isRest, MAX_FLAWS, NO_BEGINNING, nextBrace, recoverRecords, TOO_DAMAGED, ZEROS } from './recover.ts';

/** A label in brackets, with which programs begin log lines. No JSON list begins like this. */
const LABEL = /^\s*\[\w[\w .:/-]{0,60}\]\s*[^\s\],]/;

/** The start of an object, or of an array of them, on a line of its own. */
const RECORDS = /^(?:\{|\[\{)"/;

/** No engine prints more over several lines. */
const LONGEST = 32_000_000;

/**
 * Like `readDocument`. For a log in which other programs write too, it reads the objects that have lines of their own. A text without
 * any may be the rest of an array.
 */
export function readDocumentOrLog(text: string): JsonDocument | null {
  return (LABEL.test(text) ? null : readDocument(text)) ?? readLog(text) ?? readRestOfArray(text);
}

/** An object, or an array of them, printed over several lines, as far as it was read. */
interface OpenValue {
  /** Where its line begins. */
  readonly offset: number;
  readonly lines: string[];
  size: number;
}

interface LogReading {
  readonly records: JsonObject[];
  readonly flaws: Flaw[];
  open: OpenValue | null;
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
  if (line.startsWith('\0')) reading.flaws.push({ offset: at, reason: ZEROS });
  if (body === '{' || body === '[') {
    giveUp(reading, 'a record is cut off before its end');
    reading.open = { offset: at + prefix, lines: [body], size: 1 };
  } else if (RECORDS.test(body)) {
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

function goOn(reading: LogReading, open: OpenValue, body: string): void {
  open.lines.push(body);
  open.size += body.length;
  if (body === (isArray(open) ? ']' : '}')) {
    const value = parse(open.lines.join('\n'));
    if (value === undefined) giveUp(reading, 'a record cannot be read');
    else for (const record of recordsOf(value)) reading.records.push(record);
    reading.open = null;
  } else if (open.size > LONGEST) {
    giveUp(reading, 'a record is cut off before its end');
  }
}

function isArray({ lines }: OpenValue): boolean {
  return lines[0] === '[';
}

/** How an object and an array continue as the engines print them. A lone brace or bracket may begin many other things. */
const FIELD = /^ {2}"[A-Za-z_]/;
const FIRST_OF_ARRAY = /^ {2}\{$/;

/** Ends what was not closed. It is a flaw only if its second line shows what it was. An array keeps the records that are whole. */
function giveUp(reading: LogReading, reason: string): void {
  const { open, records, flaws } = reading;
  reading.open = null;
  if (open === null || !(isArray(open) ? FIRST_OF_ARRAY : FIELD).test(open.lines[1] ?? '')) return;
  flaws.push({ offset: open.offset, reason });
  if (isArray(open)) for (const record of recoverRecords(open.lines.join('\n')).records) records.push(record);
}
