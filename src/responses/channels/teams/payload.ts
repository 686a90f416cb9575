import type { Notice } from '../../../core/notice.ts';
import { inertLine } from '../../../core/text.ts';
import { fitted } from '../fit.ts';
import { type Entry, type Message, messageOf, moreLine, type Tone } from '../message.ts';

type Element = Readonly<Record<string, unknown>>;

/** Teams accepts 28 KB. */
const ROOM = { bytes: 26_000, entries: 20 } as const;

/** The body of a message: an Adaptive Card, as the Workflows template expects it. */
export function teamsBody(notice: Notice): string {
  return fitted(messageOf(notice), (message) => JSON.stringify(bodyOf(message)), ROOM);
}

function bodyOf(message: Message): Element {
  const lines = [...message.lines, moreLine(message)].filter((line) => line !== '');
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      rich([{ text: inertLine(message.headline, 150), weight: 'Bolder', size: 'Large', color: COLOURS[message.tone] }]),
      ...lines.map((line) => rich([{ text: inertLine(line, 300) }])),
      ...message.entries.map(entryElement),
      rich([{ text: inertLine(message.footer, 300), isSubtle: true, size: 'Small' }]),
    ],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: 'Attention',
  warning: 'Warning',
  info: 'Accent',
  good: 'Good',
};

function entryElement({ title, reason, facts, links }: Entry): Element {
  const actions = links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url }));
  return {
    type: 'Container',
    separator: true,
    items: [
      rich([{ text: inertLine(title, 200), weight: 'Bolder' }]),
      rich([{ text: inertLine(reason, 600) }]),
      ...facts.map(({ label, value }) =>
        rich([{ text: `${inertLine(label, 40)}: `, isSubtle: true }, { text: inertLine(value) }]),
      ),
      ...(actions.length === 0 ? [] : [{ type: 'ActionSet', actions }]),
    ],
  };
}

/** A TextBlock renders markdown; the runs of a RichTextBlock do not. */
function rich(runs: readonly Element[]): Element {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })) };
}
