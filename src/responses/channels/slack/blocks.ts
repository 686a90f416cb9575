import { inertLine } from '../../../core/text.ts';
import { cut } from '../fit.ts';
import { type Entry, type Message, moreLine } from '../message.ts';

/** A block of Slack's Block Kit. */
export type Block = Readonly<Record<string, unknown>>;

/** What both ways of posting to Slack send. */
export interface SlackBody {
  /** What notifications show. */
  readonly text: string;
  readonly mrkdwn: false;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  readonly blocks: readonly Block[];
}

/** Slack accepts 50 blocks; an entry makes up to three. */
export const SLACK_ROOM = { bytes: 30_000, entries: 12 } as const;

/** Slack's own limits on text length. */
const MAX_HEADER = 150;
const MAX_SECTION = 2_900;
const MAX_FIELDS = 10;

/**
 * A message as Slack blocks. Text from strangers only goes into `plain_text`, where Slack acts on nothing; `mrkdwn`
 * contains links with our own words.
 */
export function slackBody(message: Message): SlackBody {
  const more = moreLine(message);
  return {
    text: escaped(inertLine(message.headline, MAX_HEADER)),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(message.headline, MAX_HEADER) },
      ...(message.lines.length === 0 ? [] : [section(message.lines.map((line) => inertLine(line, 300)).join('\n'))]),
      ...message.entries.flatMap(entryBlocks),
      ...(more === '' ? [] : [section(more)]),
      { type: 'context', elements: [plain(message.footer, 300)] },
    ],
  };
}

function entryBlocks({ title, reason, facts, links }: Entry): readonly Block[] {
  const fields = facts.slice(0, MAX_FIELDS).map(({ label, value }) => plain(`${label}: ${value}`, 160));
  const linked = links.map(({ label, url }) => `<${escaped(url)}|${label}>`).join(' · ');
  return [
    section(`${inertLine(title, 200)}\n${inertLine(reason, 600)}`),
    ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
    ...(linked === '' ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text: linked, verbatim: true }] }]),
  ];
}

/** `text` must be inert already. */
function section(text: string): Block {
  return { type: 'section', text: { type: 'plain_text', text: cut(text, MAX_SECTION), emoji: false } };
}

function plain(text: string, max: number): Block {
  return { type: 'plain_text', text: cut(inertLine(text, max), max), emoji: false };
}

/** Escapes text as Slack requires wherever it reads markup. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
