import { sha256 } from '../../../core/hash.ts';
import type { Notice, ReceiverData } from '../../../core/notice.ts';
import { inertLine } from '../../../core/text.ts';
import { type Entry, type Message, messageOf, moreLine } from '../message.ts';

/** A mail without its addresses. */
export interface Mail {
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  /** The message that started the thread; null for that message itself. */
  readonly root: string | null;
}

/** A notice as a mail. Plain text only, so no reader finds markup in it. Pure. */
export function mailOf(notice: Notice, from: string, previous: ReceiverData | null): Mail {
  const message = messageOf(notice);
  return {
    messageId: `<checkrein.${sha256(notice.key).slice(0, 40)}@${domainOf(from)}>`,
    subject: inertLine(message.headline, 150),
    text: `${textOf(message)}\n`,
    root: rootOf(previous),
  };
}

/** Only what we made ourselves may become a header. */
function rootOf(previous: ReceiverData | null): string | null {
  const root = previous?.['root'] ?? '';
  return /^<checkrein\.[0-9a-f]{40}@[A-Za-z\d.-]{1,253}>$/.test(root) ? root : null;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function textOf(message: Message): string {
  return [
    inertLine(message.headline, 150),
    ...(message.lines.length === 0 ? [] : [message.lines.map((line) => inertLine(line, 300)).join('\n')]),
    ...message.entries.map(entryText),
    ...(message.more === 0 ? [] : [moreLine(message)]),
    `-- \n${inertLine(message.footer, 300)}`,
  ].join('\n\n');
}

function entryText({ title, reason, facts, links }: Entry): string {
  return [
    inertLine(title, 200),
    inertLine(reason, 600),
    ...facts.map(({ label, value }) => `  ${inertLine(label, 40)}: ${inertLine(value)}`),
    ...links.map(({ label, url }) => `  ${label}: ${url}`),
  ].join('\n');
}
