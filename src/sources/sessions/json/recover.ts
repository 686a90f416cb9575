import { asObject, type JsonObject } from './fields.ts';

/** What could be recovered from damaged text. */
export interface Recovered {
  readonly records: readonly JsonObject[];
  readonly flaws: readonly RecoveredFlaw[];
}

interface RecoveredFlaw {
  readonly offset: number;
  readonly reason: string;
}

/** How often each character may be visited before the rest is given up, so that hostile text costs linear time. */
const PASSES = 6;

/** At most this many unreadable places are skipped. A file with more of them is not a damaged session file. */
export const MAX_FLAWS = 10_000;

/** The reason of the last flaw when reading was given up. */
export const TOO_DAMAGED = 'too damaged: what follows was not read';

/**
 * Extracts the complete objects from `text`, whatever is between them. Offsets are within `text`. After an unreadable object it
 * continues where the next one seems to begin: on a line that starts with a brace and is indented no deeper than the lost one, or
 * after `}{` and `},{`.
 */
export function recoverRecords(text: string): Recovered {
  const to = text.length;
  const records: JsonObject[] = [];
  const flaws: RecoveredFlaw[] = [];
  let budget = PASSES * to + 1_000;
  let at = nextBrace(text, 0);
  flaws.push(...restIn(text, 0, at));
  if (at === to && flaws.length === 0) flaws.push({ offset: 0, reason: GARBAGE.test(text) ? UNREADABLE : NO_RECORD });
  while (at < to) {
    const { object, flaws: found, next, looked } = readAt(text, at);
    if (object !== null) records.push(object);
    flaws.push(...found);
    budget -= looked;
    if (budget < 0 || flaws.length > MAX_FLAWS) {
      flaws.push({ offset: at, reason: TOO_DAMAGED });
      break;
    }
    at = next;
  }
  return { records, flaws };
}

/** The reason for what other programs wrote between records. No record is missing because of it. */
export const NO_RECORD = 'no record here';

const UNREADABLE = 'a record cannot be read';

/** Bytes that no program prints as text: what is not UTF-8, and most control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is searched for
const GARBAGE = /[\uFFFD\u0000-\u0006\u000E-\u001A]/;

interface Read {
  readonly object: JsonObject | null;
  readonly flaws: readonly RecoveredFlaw[];
  /** Where the next record may begin. */
  readonly next: number;
  /** How many characters were visited. */
  readonly looked: number;
}

function readAt(text: string, at: number): Read {
  const to = text.length;
  const end = endOfObject(text, at, to);
  const object = end < 0 ? null : parseObject(text.slice(at, end));
  if (object !== null) {
    const next = nextBrace(text, end);
    return { object, flaws: restIn(text, end, next), next, looked: end - at };
  }
  const next = nextStart(text, at);
  const flaws = [{ offset: at, reason: lossReason(end, to) }];
  return { object, flaws, next: next.at, looked: Math.abs(end) - at + next.looked };
}

/** The reason for the rest of a record whose beginning is lost. */
export const NO_BEGINNING = 'a record has lost its beginning';

/** Whether text between records is what remains of one, as after a cut or a changed byte. Other programs write no fields or braces. */
export function isRest(between: string): boolean {
  return /"\s{0,8}:|\}/.test(between);
}

function restIn(text: string, from: number, to: number): readonly RecoveredFlaw[] {
  const between = text.slice(from, to);
  if (isRest(between)) return [{ offset: from, reason: NO_BEGINNING }];
  const zeros = between.indexOf('\0');
  return zeros === -1 ? [] : [{ offset: from + zeros, reason: ZEROS }];
}

/** The reason where a file has zeros, which stay when a machine crashes, or when a file is emptied while a program writes to it. */
export const ZEROS = 'zero bytes stand where records may have been';

function lossReason(end: number, to: number): string {
  return end === -to ? 'a record is cut off before its end' : UNREADABLE;
}

function parseObject(slice: string): JsonObject | null {
  try {
    return asObject(JSON.parse(slice));
  } catch {
    return null;
  }
}

/** The offset of the next brace, or of the end. */
export function nextBrace(text: string, from: number): number {
  const brace = text.indexOf('{', from);
  return brace === -1 ? text.length : brace;
}

/** The offset after the object that begins at `from`. If it does not end like JSON, minus the offset reached. */
function endOfObject(text: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at, to);
      if (end < 0) return end;
      at = end - 1;
    } else {
      depth += nesting(code);
      if (depth === 0) return at + 1;
    }
  }
  return -to;
}

function nesting(code: number): -1 | 0 | 1 {
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return 1;
  return code === CLOSE_BRACE || code === CLOSE_BRACKET ? -1 : 0;
}

/** The offset after the string. If a raw newline or the end of the text comes first, minus the offset reached. */
function endOfString(text: string, from: number, to: number): number {
  let at = from + 1;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === NEWLINE) return -at;
    at += code === BACKSLASH ? 2 : 1;
  }
  return -to;
}

/** Where the next record may begin after an unreadable one at `lost`, and how many characters were visited. */
function nextStart(text: string, lost: number): { readonly at: number; readonly looked: number } {
  const lineStart = text.lastIndexOf('\n', lost) + 1;
  const indent = lost - lineStart;
  for (let newline = text.indexOf('\n', lost); newline !== -1; newline = text.indexOf('\n', newline + 1)) {
    let at = newline + 1;
    while (at - newline - 1 < indent && text.charCodeAt(at) === SPACE) at++;
    if (text.charCodeAt(at) === OPEN_BRACE) return { at, looked: at - lost + indent / NATIVE_SPEED };
  }
  GLUED.lastIndex = lost + 1;
  const found = GLUED.exec(text);
  const at = found === null ? text.length : found.index + found[0].length;
  return { at, looked: at - lost + (text.length - lineStart) / NATIVE_SPEED };
}

const GLUED = /\}[\s,]{0,8}(?=\{")/g;

/** How many characters a native search visits in the time that our loop takes for one. */
const NATIVE_SPEED = 16;

const QUOTE = 34;
const BACKSLASH = 92;
const NEWLINE = 10;
const SPACE = 32;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
