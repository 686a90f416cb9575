import { type FileHandle, open } from 'node:fs/promises';
import type { LedgerEvent } from '../../core/event.ts';
import { sha256 } from '../../core/hash.ts';
import type { Measure } from '../../core/measure.ts';
import { decodeSpoolLine, type SpoolLine } from '../../core/spool-line.ts';
import { repositorySubject, type Subject } from '../../core/subject.ts';
import { after, DAY, dayOf, type Instant } from '../../core/time.ts';
import type { SourceMoment } from '../progress.ts';
import { READ_PLAIN, type TakenFile } from './claim.ts';
import { type Summing, startSum } from './sum.ts';

/** The valid range for the times in a file. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
  /** The time given to unreadable lines. */
  readonly at: Instant;
}

/** The valid times for a file taken at a given moment. Clocks differ, and no file waits longer than a month. */
export function windowAt(taken: Instant): Window {
  return { from: after(taken, -30 * DAY), to: after(taken, DAY), at: taken };
}

/** The totals of a spool file. */
export interface SpoolReading {
  /** A hash of the bytes that count, so that the same file counts once, wherever it turns up. */
  readonly hash: string;
  readonly measures: readonly Measure[];
  /** Lines that were summed up. */
  readonly lines: number;
  /** For people, without the name of the file. Null when every line could be read. */
  readonly complaint: string | null;
}

/**
 * Sums up the lines of a spool file. Damaged and foreign lines are counted as `spool.unreadable`. An unterminated last line was
 * being written by a killed process. It was never complete and is not counted at all.
 */
export function readSpoolBytes(bytes: Uint8Array, window: Window): SpoolReading {
  const sum = startSum();
  let lines = 0;
  const bad: { readonly line: number; readonly problem: string }[] = [];
  for (const { number, text, ended } of linesOf(bytes)) {
    const decoded = decodeSpoolLine(text);
    if ('problem' in decoded && !ended) continue;
    const problem = 'problem' in decoded ? decoded.problem : addLine(sum, decoded.line, window);
    if (problem === null) lines += 1;
    else bad.push({ line: number, problem });
  }
  if (bad.length > 0) sum.addUnreadable(bad.length, window.at);
  return { hash: sha256(bytes).slice(0, 32), measures: sum.measures(), lines, complaint: complaintOf(bad) };
}

/** Why a line cannot count. Null when it does. */
function addLine(sum: Summing, line: SpoolLine, { from, to }: Window): string | null {
  if (line.at < from || line.at > to) return 'its time cannot be right';
  return sum.add(line) ? null : 'there are too many different ones in this file';
}

function complaintOf(bad: readonly { readonly line: number; readonly problem: string }[]): string | null {
  const [first] = bad;
  if (first === undefined) return null;
  const many = bad.length === 1 ? '1 line' : `${bad.length} lines`;
  return `${many} could not be read; ${bad.length === 1 ? 'it is' : 'the first is'} line ${first.line}: ${first.problem}`;
}

/** The non-empty lines with their numbers, from 1. */
function* linesOf(
  bytes: Uint8Array,
): Generator<{ readonly number: number; readonly text: string; readonly ended: boolean }> {
  const text = new TextDecoder().decode(bytes);
  for (let from = 0, number = 1; from < text.length; number++) {
    const newline = text.indexOf('\n', from);
    const to = newline === -1 ? text.length : newline;
    const line = text.slice(from, to).trim();
    if (line !== '') yield { number, text: line, ended: newline !== -1 };
    from = to + 1;
  }
}

/** At most this many measures per event, so that a line of the ledger stays readable. */
const MOST_IN_ONE = 500;

/** The sums of a file as events of one day each, identical in every run that makes them. */
export function spoolEvents(
  { hash, measures }: SpoolReading,
  { repo, now }: SourceMoment,
  subject: Subject = repositorySubject(repo),
): readonly LedgerEvent[] {
  const days = new Map<string, Measure[]>();
  for (const measure of measures) {
    const day = dayOf(measure.minute);
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [measure]);
    else ofDay.push(measure);
  }
  return [...days].flatMap(([day, ofDay]) => {
    const parts = Array.from({ length: Math.ceil(ofDay.length / MOST_IN_ONE) }, (_, i) =>
      ofDay.slice(i * MOST_IN_ONE, (i + 1) * MOST_IN_ONE),
    );
    return parts.map((part, i): LedgerEvent => {
      const at = ofDay[0]?.minute ?? now;
      const id = `spool:${hash}:${day}:${i + 1}`;
      return { v: 1, id, kind: 'metrics.recorded', at, seen: now, repo, subject, data: { measures: part } };
    });
  });
}

/**
 * Reads the counting bytes of a taken file. Null if somebody else has removed it since. Any job of the machine may have put
 * something else under its name, in which case the reason is returned.
 */
export async function readTaken(file: TakenFile): Promise<SpoolReading | string | null> {
  try {
    return await readPlainly(file);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    return error.code === 'ENOENT' ? null : `cannot be read (${String(error.code)}); remove it`;
  }
}

async function readPlainly(file: TakenFile): Promise<SpoolReading | string> {
  const handle = await open(file.path, READ_PLAIN);
  try {
    if (!(await handle.stat()).isFile()) return 'no plain file: not taken in; remove it';
    const { buffer, bytesRead } = await readUpTo(handle, file.size);
    return readSpoolBytes(buffer.subarray(0, bytesRead), windowAt(file.at));
  } finally {
    await handle.close();
  }
}

async function readUpTo(
  handle: FileHandle,
  size: number,
): Promise<{ readonly buffer: Buffer; readonly bytesRead: number }> {
  const buffer = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(buffer, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { buffer, bytesRead: filled };
}
