import { type DroppedLine, encodeSpoolLine } from '../core/spool-line.ts';
import { type Duration, fromMs, SECOND } from '../core/time.ts';
import { callLine } from './call.ts';
import {
  closeSpoolFile,
  isStillThere,
  openSpoolFile,
  type SpoolFile,
  writeAllAt,
  writeLastLines,
  writeLines,
  writeNewFile,
} from './spool-file.ts';

/** How much memory and disk a tracker may use. */
export interface TrackerLimits {
  /** How long lines wait to be written together. */
  readonly interval: Duration;
  /** Once there are this many lines, they are written immediately. */
  readonly batch: number;
  /** The most bytes of lines that wait in memory while the disk accepts none. */
  readonly waitingBytes: number;
  /** When a file reaches this size, a new one is started. */
  readonly fileBytes: number;
  /** The most files of ours that may wait to be read. */
  readonly files: number;
}

export const TRACKER_LIMITS: TrackerLimits = {
  interval: SECOND,
  batch: 100,
  waitingBytes: 2_097_152,
  fileBytes: 4_194_304,
  files: 16,
};

export interface TrackerOptions {
  readonly folder: string;
  /** Called once, when lines cannot be written for the first time. */
  readonly warn: (message: string) => void;
  readonly limits?: Partial<TrackerLimits>;
}

/** Accepts calls and writes them to the spool in the background. */
export interface Tracker {
  /** Notes a call; does no I/O. @throws TypeError when it is not a valid call. */
  readonly add: (call: unknown) => void;
  /** Resolves when everything noted so far is on the disk, or the disk, tried anew, accepted none of it. Never rejects. */
  readonly flush: () => Promise<void>;
  /** Writes what is waiting synchronously, for the end of a process. Never throws. */
  readonly end: () => void;
}

/** The most bytes written to the disk at once. */
const MOST_AT_ONCE = 262_144;

interface Batch {
  readonly lines: readonly string[];
  readonly bytes: Uint8Array;
  /** How many dropped lines its first line reports; 0 when there is no such line. */
  readonly tells: number;
  /** Null until there is a file to write to. */
  file: SpoolFile | null;
}

interface Desk {
  readonly folder: string;
  readonly warn: TrackerOptions['warn'];
  readonly limits: TrackerLimits;
  /** Lines with their line ends, in order. */
  waiting: string[];
  /** Size of all lines that are not on the disk yet. */
  bytes: number;
  /** Lines that were lost and not reported yet. */
  dropped: number;
  file: SpoolFile | null;
  /** Files of ours that are full. */
  full: readonly string[];
  flying: Batch | null;
  draining: Promise<void> | null;
  timer: NodeJS.Timeout | null;
  hurried: boolean;
  last: number;
  warned: boolean;
  ended: boolean;
}

/** A tracker for a spool folder. Nothing is created or written before the first call. */
export function createTracker({ folder, warn, limits }: TrackerOptions): Tracker {
  const desk: Desk = {
    ...{ folder, warn, limits: { ...TRACKER_LIMITS, ...limits } },
    ...{ waiting: [], bytes: 0, dropped: 0, file: null, full: [], flying: null, draining: null },
    ...{ timer: null, hurried: false, last: Number.NEGATIVE_INFINITY, warned: false, ended: false },
  };
  return {
    add: (call) => add(desk, encodeSpoolLine(callLine(call, Date.now()))),
    flush: () => flush(desk),
    end: () => end(desk),
  };
}

function add(desk: Desk, line: string): void {
  if (desk.bytes + line.length > desk.limits.waitingBytes && !spill(desk)) desk.dropped += 1;
  else {
    desk.waiting.push(line);
    desk.bytes += line.length;
  }
  // What others note at the very end must not wait either.
  if (desk.ended) end(desk);
  else schedule(desk);
}

/**
 * Writes waiting lines synchronously, for a caller that notes thousands of calls without yielding, so that no batch could
 * start. Skipped if one has started: then the disk is slow, and nobody should wait for it. False when nothing was written.
 */
function spill(desk: Desk): boolean {
  if (!desk.hurried || desk.flying !== null || desk.warned || desk.full.length >= desk.limits.files) return false;
  try {
    desk.full = [...desk.full, writeNewFile(desk.folder, bytesOf(desk.waiting, 0))];
  } catch (error) {
    warnOnce(desk, error);
    return false;
  }
  for (const line of desk.waiting) desk.bytes -= line.length;
  desk.waiting = [];
  return true;
}

/** A single line goes out at once. In a stream of lines, a batch goes out each interval or when it is full. */
function schedule(desk: Desk): void {
  const { interval, batch } = desk.limits;
  const since = performance.now() - desk.last;
  if (desk.waiting.length >= batch && !desk.hurried && !desk.warned) {
    desk.hurried = true;
    setImmediate(() => {
      desk.hurried = false;
      drainBeside(desk);
    }).unref();
  }
  // Without `unref` this timer would keep a program alive; what is waiting at its end is written by `end`.
  desk.timer ??= setTimeout(
    () => {
      desk.timer = null;
      drainBeside(desk);
    },
    Math.max(0, interval - since),
  ).unref();
}

function drainBeside(desk: Desk): void {
  drain(desk).catch((error: unknown) => warnOnce(desk, error));
}

/** What is under way may be failing already, of a disk that accepts lines by now: whoever asks gets a try of their own. */
async function flush(desk: Desk): Promise<void> {
  await desk.draining;
  await drain(desk);
}

function drain(desk: Desk): Promise<void> {
  stopTimer(desk);
  desk.draining ??= writeWaiting(desk).finally(() => {
    desk.draining = null;
    desk.last = performance.now();
    if (desk.waiting.length > 0) schedule(desk);
  });
  return desk.draining;
}

function stopTimer(desk: Desk): void {
  if (desk.timer !== null) clearTimeout(desk.timer);
  desk.timer = null;
}

async function writeWaiting(desk: Desk): Promise<void> {
  while (desk.waiting.length > 0 || desk.dropped > 0) {
    const batch = nextBatch(desk);
    desk.flying = batch;
    const error = await land(desk, batch);
    desk.flying = null;
    if (error !== null) return warnOnce(desk, error);
    desk.warned = false;
  }
}

function nextBatch(desk: Desk): Batch {
  let bytes = 0;
  const most = desk.waiting.findIndex((line) => {
    bytes += line.length;
    return bytes > MOST_AT_ONCE;
  });
  const lines = desk.waiting.splice(0, most === -1 ? desk.waiting.length : most);
  return { lines, bytes: bytesOf(lines, desk.dropped), tells: desk.dropped, file: null };
}

function bytesOf(lines: readonly string[], dropped: number): Uint8Array {
  return Buffer.from((dropped === 0 ? '' : droppedLine(dropped)) + lines.join(''));
}

function droppedLine(count: number): string {
  const line: DroppedLine = { v: 1, kind: 'dropped', at: fromMs(Date.now()), count };
  return encodeSpoolLine(line);
}

/**
 * Writes a batch to the disk. What did not get there goes back to the front of the queue. Returns the error that prevented
 * it, or null.
 */
async function land(desk: Desk, batch: Batch): Promise<unknown> {
  const seen = performance.now();
  try {
    batch.file = await fileFor(desk);
  } catch (error) {
    if (!desk.ended) desk.waiting = [...batch.lines, ...desk.waiting];
    return error;
  }
  // At the end of the process, `end` takes care of everything.
  if (desk.ended) return null;
  const { lines, bytes, error, tooLate } = await writeLines(batch.file, batch.bytes, seen);
  if (desk.ended) return null;
  batch.file.size += bytes;
  const told = batch.tells > 0 && lines > 0;
  const done = batch.lines.slice(0, told ? lines - 1 : lines);
  if (told) desk.dropped -= batch.tells;
  for (const line of done) desk.bytes -= line.length;
  if (tooLate) desk.dropped += done.length + (told ? batch.tells : 0);
  desk.waiting = [...batch.lines.slice(done.length), ...desk.waiting];
  return error;
}

/** The file for the next batch: the current one while it is there and not full, else a new one. */
async function fileFor(desk: Desk): Promise<SpoolFile> {
  const { file, limits } = desk;
  if (file !== null) {
    const there = await isStillThere(file);
    if (there && file.size < limits.fileBytes) return file;
    desk.file = null;
    if (there) desk.full = [...desk.full, file.path];
    await closeSpoolFile(file);
  }
  const left = await Promise.all(desk.full.map(async (path) => ((await isStillThere({ path })) ? [path] : [])));
  desk.full = left.flat();
  if (desk.full.length >= limits.files) throw new Error('nobody takes the spool in');
  desk.file = await openSpoolFile(desk.folder);
  return desk.file;
}

/** Once each time the disk stops accepting lines. */
function warnOnce(desk: Desk, error: unknown): void {
  if (!desk.warned) {
    const why = error instanceof Error ? (Reflect.get(error, 'code') ?? error.message) : String(error);
    desk.warn(
      `The spool ${desk.folder} takes no lines (${why}); when memory for them runs out, calls are not counted.`,
    );
  }
  desk.warned = true;
}

function end(desk: Desk): void {
  desk.ended = true;
  stopTimer(desk);
  const { flying } = desk;
  const file = flying?.file ?? desk.file;
  try {
    if (flying !== null && flying.file !== null) {
      // It may be in progress, so the same bytes go to the same place.
      writeAllAt(flying.file.fd, flying.bytes, flying.file.size);
      flying.file.size += flying.bytes.length;
      desk.dropped -= flying.tells;
    } else if (flying !== null) desk.waiting = [...flying.lines, ...desk.waiting];
    desk.flying = null;
    if (desk.waiting.length > 0 || desk.dropped > 0) {
      writeLastLines(desk.folder, file, bytesOf(desk.waiting, desk.dropped));
    }
    desk.waiting = [];
    desk.dropped = 0;
  } catch (error) {
    warnOnce(desk, error);
  }
}
