import { copyBytes } from './bytes';
import { isBefore, MOMENT } from './moments';
import { clearTape, Entry, enter, put, putMoment } from './tape';

/** The state of the main conversation at the end of a stretch. The host reads these numbers. */
export enum Ending {
  /** The stretch does not change it. */
  SAME = 0,
  UNKNOWN = 1,
  COMPLETED = 2,
  FAILED = 3,
  /** The engine closed the turn before anything else was said: completed, unless an outcome was known before. */
  CLOSED = 4,
}

export const SPOKEN: u32 = 1;
export const SUBAGENTS: u32 = 2;
export const ANSWERED: u32 = 4;
export const COMPACTED: u32 = 8;
export const GUARDED: u32 = 16;
export const UNGUARDED: u32 = 32;

/** The combined facts of one session's rows, between two places where the host takes over. */
let flags: u32 = 0;
let rows: u32 = 0;
let ending: Ending = Ending.SAME;
let endedKnown: bool = false;
let known: bool = false;
const first: usize = memory.data(32, 8);
const last: usize = memory.data(32, 8);
const ended: usize = memory.data(32, 8);

export function addRow(flag: u32, at: usize): void {
  rows++;
  flags |= flag;
  if (at === 0) return;
  if (!known || isBefore(at, first)) copyBytes(first, at, <u32>MOMENT);
  if (!known || isBefore(last, at)) copyBytes(last, at, <u32>MOMENT);
  known = true;
}

/** Sets the state of the conversation after a row. */
export function endWith(next: Ending, at: usize): void {
  ending = next;
  endedKnown = at !== 0;
  if (endedKnown) copyBytes(ended, at, <u32>MOMENT);
}

/** The engine notes that a turn is over. */
export function closeTurn(at: usize): void {
  if (ending === Ending.UNKNOWN) endWith(Ending.COMPLETED, at);
  else if (ending === Ending.SAME) endWith(Ending.CLOSED, at);
}

/** Writes the stretch to the tape and begins the next. */
export function endStretch(): void {
  if (rows === 0) return;
  const entry = enter(Entry.STRETCH);
  put(entry, 1, flags);
  put(entry, 2, rows);
  putMoment(entry, 3, known ? first : 0);
  putMoment(entry, 4, known ? last : 0);
  put(entry, 5, ending);
  putMoment(entry, 6, endedKnown ? ended : 0);
  forgetStretch();
}

export function forgetStretch(): void {
  flags = 0;
  rows = 0;
  ending = Ending.SAME;
  endedKnown = false;
  known = false;
}

/** Resets the tape and the stretch for another file. */
export function startOver(): void {
  clearTape();
  forgetStretch();
}
