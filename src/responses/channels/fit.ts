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
  for (let kept = Math.min(entries, message.entries.length); kept >= 0; kept--) {
    const text = write(shortened(message, kept, message.lines.length));
    if (Buffer.byteLength(text) <= bytes) return text;
  }
  return write(shortened(message, 0, 0));
}

function shortened(message: Message, entries: number, lines: number): Message {
  const more = message.more + message.entries.length - entries;
  return { ...message, entries: message.entries.slice(0, entries), lines: message.lines.slice(0, lines), more };
}
