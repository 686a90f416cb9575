import { tellUsual, tellWord } from './failures';
import { findUsage, startOfLine } from './find';
import { letterAt, NEWLINE, NOWHERE } from './letters';
import { readRow } from './row';
import { endStretch, startOver } from './stretch';
import { clearTape, ENTRIES, entriesEnd, isFull, ROOM, TEXTS, textsEnd } from './tape';
import { certain, forgetFile, forgetTape, tell } from './tell';
import { behindSpace } from './values';
import { layOutWords } from './words';

layOutWords();

/** Besides functions, the host uses places and findings: the values of the variables, which is less code than functions for them. */
export { certain, ENTRIES, entriesEnd, ROOM, TEXTS, tellUsual, tellWord, textsEnd };

/** The number of lines read. */
export let lines: u32 = 0;
/** Whether reading stopped because the tape is full. */
export let full: bool = false;

/**
 * Reads the lines from `at` to `to` and writes what they say to the tape. It stops before `to` if the tape is full or if a row needs the
 * host's parser.
 */
export function scan(at: usize, to: usize, usageOnly: bool): usize {
  // The last line of a file may have no end.
  const behind = load<u8>(to);
  store<u8>(to, NEWLINE);
  const end = scanLines(at, to, usageOnly);
  store<u8>(to, behind);
  return min(end, to);
}

function scanLines(at: usize, to: usize, usageOnly: bool): usize {
  full = false;
  while (at < to) {
    full = isFull();
    if (full) return at;
    if (usageOnly) {
      const mark = findUsage(at, to);
      if (mark === NOWHERE) return to;
      at = startOfLine(mark, at);
    }
    const start = behindSpace(at);
    if (letterAt(start) !== NEWLINE) {
      const end = readRow(start, !usageOnly);
      const behind = end === NOWHERE ? NOWHERE : behindSpace(end);
      if (behind === NOWHERE || letterAt(behind) !== NEWLINE || !tell(usageOnly)) return at;
      at = behind + 1;
    } else {
      at = start + 1;
    }
    lines++;
  }
  return at;
}

/** Starts another file. */
export function begin(): void {
  lines = 0;
  startOver();
  forgetFile();
}

/** How many of the first bytes of the room are complete lines. */
export function sizeOfLines(filled: usize): usize {
  let end = ROOM + filled;
  for (; end >= ROOM + 16; end -= 16) {
    const breaks = i8x16.bitmask(i8x16.eq(v128.load(end - 16), i8x16.splat(NEWLINE)));
    if (breaks !== 0) return end - ROOM + 16 - clz(breaks);
  }
  while (end > ROOM && letterAt(end - 1) !== NEWLINE) end--;
  return end - ROOM;
}

/** Moves bytes to the beginning of the room. The host can copy in shared memory only byte by byte. */
export function moveUp(from: usize, size: usize): void {
  memory.copy(ROOM, from, size);
}

/** Ends the stretch, so that the tape holds everything that was read. */
export function finish(): void {
  endStretch();
}

/** Called when the host has taken the tape. */
export function clear(): void {
  clearTape();
  forgetTape();
}
