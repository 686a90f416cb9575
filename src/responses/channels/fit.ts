import type { Message } from './message.ts';

/** The most that a receiver accepts. */
interface Room {
  /** Bytes of the text that is sent. */
  readonly bytes: number;
  readonly entries: number;
}

/**
 * The largest part of a message that fits, as `write` renders it. Entries are dropped from the last one, then lines.
 * Dropped entries are counted in `more`.
 */
export function fitted(message: Message, write: (message: Message) => string, { bytes, entries }: Room): string {
  const most = Math.min(entries, message.entries.length);
  for (const lines of [message.lines.length, FEW_LINES, 0]) {
    for (let kept = most; kept >= Math.min(1, most); kept--) {
      const text = write(shortened(message, kept, lines));
      if (Buffer.byteLength(text) <= bytes) return text;
    }
  }
  return write(shortened(message, 0, 0));
}

/** How many lines are kept next to one entry when not all of them fit. */
const FEW_LINES = 5;

function shortened(message: Message, entries: number, lines: number): Message {
  const more = message.more + message.entries.length - entries;
  return { ...message, entries: message.entries.slice(0, entries), lines: message.lines.slice(0, lines), more };
}

/** The beginning of a text, at most `max` UTF-16 units, without splitting a character. */
export function cut(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}
