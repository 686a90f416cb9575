import { sha256 } from '../core/hash.ts';
import { inertMarkdown } from '../core/text.ts';
import { GRAMMAR, VERBS } from './command.ts';

const MAX_LINE = 600;
const MAX_LINES = 60;

/** What an answer says. Texts are plain: `writeAnswer` makes them inert. */
export interface Answer {
  /** `Done`, `Refused`, `Working on it`. Our own words. */
  readonly head: string;
  /** Who did what. */
  readonly what: string;
  /** Further lines, for example the agents that were stopped. */
  readonly lines: readonly string[];
  /** What happens next, or what the reader can do. */
  readonly next: string;
}

const MARKER = /^<!-- checkrein:v1 kind=answer key=(\d{1,20}) gen=0 h=[0-9a-f]{16} -->\n/;

/** The body of the one comment that answers a command; the same answer gives the same text. Nothing in it can act. */
export function writeAnswer(comment: number, answer: Answer): string {
  const lines = answer.lines.slice(0, MAX_LINES).map((line) => `- ${inertMarkdown(line, MAX_LINE)}`);
  const more = answer.lines.length > MAX_LINES ? [`- and ${answer.lines.length - MAX_LINES} more`] : [];
  const text = [
    `**${inertMarkdown(answer.head)}:** ${inertMarkdown(answer.what, MAX_LINE)}`,
    [...lines, ...more].join('\n'),
    answer.next === '' ? '' : `**What happens next:** ${inertMarkdown(answer.next, MAX_LINE)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
  return `<!-- checkrein:v1 kind=answer key=${comment} gen=0 h=${sha256(text).slice(0, 16)} -->\n${text}\n`;
}

/** The comment an answer belongs to; null when the text is not an answer. Proves nothing about who wrote it. */
export function answeredComment(body: string): number | null {
  const [, comment] = MARKER.exec(body) ?? [];
  return comment === undefined ? null : Number(comment);
}

/** The answer to `help`. */
export function helpAnswer(): Answer {
  return {
    head: 'Help',
    what: 'A command stands at the start of a line, after our name with a slash, one in each comment.',
    lines: VERBS.map((verb) => {
      const { form, does } = GRAMMAR[verb];
      return `${form}: ${does}`;
    }),
    next: '',
  };
}
