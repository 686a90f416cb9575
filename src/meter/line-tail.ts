import { closeSync, readSync } from 'node:fs';
import { type Flaw, readDocument, readLine } from '../sources/sessions/json/document.ts';
import type { JsonObject } from '../sources/sessions/json/fields.ts';
import { openPlain } from '../sources/sessions/plain-file.ts';
import { isDense } from './density.ts';

/** A growing file of JSON lines, and how far it was read. */
export interface LineTail {
  readonly path: string;
  /** Reads what was added since the last time, at most some megabytes; true when there is more. */
  readonly advance: (take: (record: JsonObject) => void) => boolean;
}

/** How much is read at once, so that a file that grew a lot does not hold up tool calls. */
const CHUNK = 256 * 1024;
const CHUNKS_AT_ONCE = 8;
/**
 * A longer line has nothing that is counted: model answers are small, and tool results can be skipped. Parsing it would take
 * many times its size in memory.
 */
const LONGEST_LINE = 8_000_000;

/**
 * Follows a file from its beginning. A file that became shorter was rewritten and is read again from the start, so the caller
 * must recognise what it has counted.
 * @throws Error with the system's code for a file that cannot be read.
 */
export function lineTail(path: string): LineTail {
  let at = 0;
  let rest: Buffer[] = [];
  let pending = 0;
  let skipping = false;
  const takeLine = (line: Buffer, take: (record: JsonObject) => void): void => {
    if (isDense(line)) return;
    const records: JsonObject[] = [];
    const flaws: Flaw[] = [];
    readLine(line.toString('utf8'), 0, records, flaws);
    for (const record of records) take(record);
  };
  const takeChunk = (chunk: Buffer, take: (record: JsonObject) => void): void => {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]);
      if (!skipping) takeLine(line, take);
      [rest, pending, skipping, from] = [[], 0, false, end + 1];
    }
    pending += chunk.length - from;
    skipping ||= pending > LONGEST_LINE;
    if (skipping) rest = [];
    else if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));
  };
  return {
    path,
    advance: (take) => {
      const opened = openPlain(path, 'refuse');
      if (opened === null) return false;
      const { handle, size } = opened;
      try {
        if (size < at) [at, rest, pending, skipping] = [0, [], 0, false];
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, size - at)));
        for (let count = 0; count < CHUNKS_AT_ONCE && at < size; count++) {
          const came = readSync(handle, chunk, 0, chunk.length, at);
          if (came === 0) break;
          at += came;
          takeChunk(chunk.subarray(0, came), take);
        }
        return at < size;
      } finally {
        closeSync(handle);
      }
    },
  };
}

/** Larger files that are rewritten each time are not read, because they would be read again and again. */
const LARGEST_WHOLE = 32_000_000;

/** The records of a file that is rewritten each time; empty while it is half written, null when it is too large. */
export function wholeRecords(path: string): readonly JsonObject[] | null {
  const opened = openPlain(path, 'refuse');
  if (opened === null) return [];
  const { handle, size } = opened;
  try {
    if (size > LARGEST_WHOLE) return null;
    const bytes = Buffer.allocUnsafe(size);
    const came = readSync(handle, bytes, 0, size, 0);
    const whole = bytes.subarray(0, came);
    return isDense(whole) ? null : (readDocument(whole.toString('utf8'))?.records ?? []);
  } finally {
    closeSync(handle);
  }
}
