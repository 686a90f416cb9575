import type { Message } from './message.ts';

/** What a receiver takes at most. */
interface Room {
  /** Bytes of the text that is sent. */
  readonly bytes: number;
  readonly entries: number;
}

/**
 * The largest part of a message for which there is room, as `write` puts it: entries are given up from the last one, then lines. What is
 * given up is counted in `more`.
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

/** Of more lines than there is room for so many stay beside one entry. */
const FEW_LINES = 5;

function shortened(message: Message, entries: number, lines: number): Message {
  const more = message.more + message.entries.length - entries;
  return { ...message, entries: message.entries.slice(0, entries), lines: message.lines.slice(0, lines), more };
}

/** The beginning of a text, of at most `max` UTF-16 units, without half a letter at its end. */
export function cut(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}
