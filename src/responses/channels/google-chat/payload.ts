import { sha256 } from '../../../core/hash.ts';
import type { Notice } from '../../../core/notice.ts';
import { inertLine } from '../../../core/text.ts';
import { fitted } from '../fit.ts';
import { type Entry, type Message, messageOf, moreLine } from '../message.ts';

/** Google Chat accepts 32,000 bytes. */
const ROOM = { bytes: 30_000, entries: 20 } as const;

/** The body of a message: a card in the thread of its episode. */
export function chatBody(notice: Notice): string {
  const threadKey = `checkrein-${sha256(notice.thread).slice(0, 40)}`;
  return fitted(messageOf(notice), (message) => JSON.stringify(bodyOf(message, threadKey)), ROOM);
}

function bodyOf(message: Message, threadKey: string): Readonly<Record<string, unknown>> {
  const lines = [...message.lines, moreLine(message)].filter((line) => line !== '');
  const sections = [
    ...(lines.length === 0 ? [] : [{ widgets: [paragraph(lines.map((line) => html(line, 300)).join('<br>'))] }]),
    ...message.entries.map((entry) => ({ widgets: entryWidgets(entry) })),
    { widgets: [paragraph(`<i>${html(message.footer, 300)}</i>`)] },
  ];
  const card = { header: { title: inertLine(message.headline, 150) }, sections };
  return { cardsV2: [{ cardId: 'checkrein', card }], thread: { threadKey } };
}

function entryWidgets({ title, reason, facts, links }: Entry): readonly Readonly<Record<string, unknown>>[] {
  const told = facts.map(({ label, value }) => `${html(label, 40)}: ${html(value, 80)}`).join('<br>');
  const buttons = links.map(({ label, url }) => ({ text: label, onClick: { openLink: { url } } }));
  return [
    paragraph(`<b>${html(title, 200)}</b><br>${html(reason, 600)}`),
    ...(told === '' ? [] : [paragraph(told)]),
    ...(buttons.length === 0 ? [] : [{ buttonList: { buttons } }]),
  ];
}

function paragraph(text: string): Readonly<Record<string, unknown>> {
  return { textParagraph: { text } };
}

/** Chat accepts a little HTML in paragraphs. */
function html(text: string, max: number): string {
  return inertLine(text, max).replace(/[&<>"'`*_~]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
