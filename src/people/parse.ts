import type { Misreading, Reading } from './command.ts';
import { readCommand } from './grammar.ts';

/** The most bytes of a comment that GitHub keeps. */
const LONGEST = 262_144;

/** Shows that a text is addressed to us. A longer word, such as `/checkrein-foo`, does not. */
const ADDRESS = /\/checkrein(?![\p{L}\p{N}_/.-])/iu;

/** What may come before our name in a line addressed to us, whatever markup it is wrapped in. */
const PREFIX = /^[^\p{L}\p{N}/]*/u;

/**
 * Characters no reader sees. A variation selector after an emoji and a joiner between two of them are allowed, since every emoji
 * keyboard writes them.
 */
const UNSEEN =
  /(?!(?<=\p{Extended_Pictographic})\uFE0F)(?!(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)\u200D(?=\p{Extended_Pictographic}))[\p{Cf}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]|(?![\t\n\r])\p{Cc}/u;
const ALL_UNSEEN: RegExp = new RegExp(UNSEEN, 'gu');

/** What our own texts insert after these signs so that they notify nobody (core/text.ts). Copying an id from them copies it too. */
const OWN_GAPS = /(?<=[@#])\u200B/gu;

/** Markup outside code blocks that can hold hidden text, each with the words that describe it to people. */
const HIDING: readonly (readonly [RegExp, string])[] = [
  [/<!--/, 'an HTML comment'],
  [/<\/?(?:details|summary)(?![a-z0-9])/i, 'a collapsed section'],
  [/!\[/, 'an image, whose description is not seen'],
  // Any other tag: `hidden`, `title` and `alt` hide text. An address in angle brackets is not a tag.
  [/<(?!https?:\/\/)[a-z!?/]/i, 'HTML'],
  [/\]:/, 'a link definition, which is not seen'],
  [/\]\([^()\s]*[ \t\n]/, 'a link with a title, which is not seen'],
  [/\[[ \t]*\]\(/, 'a link without a text'],
  // A formula can take room without a mark, or be written in the colour of the page.
  [/\$\$|\\[a-z]+\s*\{|\$[^$]*\\[a-z]/i, 'a formula, which can hide text'],
];

/**
 * Finds the command in the body of a comment. A command counts only at the beginning of a line of plain text: not in code, quotes
 * or lists, not in a comment with text that people do not see, and not together with another command. In doubt there is none:
 * what GitHub may show as code or quote is treated as such. Never throws. Takes time in proportion to the length.
 */
export function readComment(body: string): Reading {
  const considered = body.slice(0, LONGEST).replace(OWN_GAPS, '');
  const visible = considered.replace(ALL_UNSEEN, '');
  if (!ADDRESS.test(visible)) return { kind: 'none' };
  const { mentions, prose } = survey(visible.split(/\r\n|\r|\n/));
  const hidden = UNSEEN.test(considered) ? 'invisible characters' : hiding(prose);
  if (hidden !== null) {
    return misread('hidden_text', `The comment holds ${hidden}. Write the command in a comment of plain text.`);
  }
  if (mentions.length === 0) return { kind: 'none' };
  if (body.length > LONGEST) return misread('too_long', 'The comment is too long. Write the command in a short one.');
  return chosen(mentions);
}

type Place = 'plain' | 'in_code' | 'in_quote' | 'not_at_line_start';

/** A line addressed to us, and where it is. */
interface Mention {
  readonly place: Place;
  /** What follows our name. */
  readonly rest: string;
}

interface Survey {
  readonly mentions: readonly Mention[];
  /** The lines outside fenced code. */
  readonly prose: string;
}

function hiding(prose: string): string | null {
  return HIDING.find(([pattern]) => pattern.test(prose))?.[1] ?? null;
}

function misread(reason: Misreading, sentence: string): Reading {
  return { kind: 'misread', verb: null, reason, sentence };
}

const PLACES: Readonly<Record<Exclude<Place, 'plain'>, string>> = {
  in_code: 'A command inside code does nothing. Write it as plain text, apart from text with backticks.',
  in_quote: 'A command inside a quote does nothing. Write it below the quote, after an empty line.',
  not_at_line_start: 'A command counts only at the very start of a line, without space or markup before it.',
};

function chosen(mentions: readonly Mention[]): Reading {
  const plain = mentions.filter(({ place }) => place === 'plain');
  const [first] = plain;
  if (plain.length > 1) return misread('more_than_one', 'There is more than one command. Write one in each comment.');
  if (first !== undefined) return readCommand(first.rest);
  const place = mentions[0]?.place ?? 'plain';
  return place === 'plain' ? { kind: 'none' } : misread(place, PLACES[place]);
}

/** The marks that open or close a code block. */
interface Fence {
  readonly indent: number;
  readonly mark: string;
  readonly length: number;
  readonly info: string;
}

/** Walks the lines once. Code blocks are separated from prose, and prose is examined paragraph by paragraph. */
function survey(lines: readonly string[]): Survey {
  const mentions: Mention[] = [];
  const prose: string[] = [];
  let open: Fence | null = null;
  let paragraph: string[] = [];
  for (const line of lines) {
    const fence = fenceOf(line);
    if (open !== null) {
      mentions.push(...mentionIn(line, 'in_code'));
      if (fence !== null && closes(fence, open)) open = null;
      continue;
    }
    open = fence;
    if (fence === null) prose.push(line);
    if (fence === null && line.trim() !== '') {
      paragraph.push(line);
      continue;
    }
    mentions.push(...mentionsIn(paragraph));
    paragraph = [];
  }
  return { mentions: [...mentions, ...mentionsIn(paragraph)], prose: prose.join('\n') };
}

/** A line that opens or closes a code block: three or more backticks or tildes. After backticks there must not be another one. */
function fenceOf(line: string): Fence | null {
  const [, indent = '', marks = '', info = ''] = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (marks === '' || (marks.startsWith('`') && info.includes('`'))) return null;
  return { indent: indent.length, mark: marks.slice(0, 1), length: marks.length, info };
}

/** An indented block may belong to a list, whose end cannot be told from its lines alone. So what follows it counts as code to the end. */
function closes(fence: Fence, open: Fence): boolean {
  return open.indent === 0 && fence.mark === open.mark && fence.length >= open.length && fence.info.trim() === '';
}

/**
 * The mentions in one paragraph. A quote continues in the lines below it until an empty line, even without its mark. Code in
 * single backticks can span lines too, so a backtick above and one below a line make it code.
 */
function mentionsIn(paragraph: readonly string[]): readonly Mention[] {
  const quoted = paragraph.findIndex((line) => /^\s{0,3}(?:(?:[-*+]|\d{1,9}[.)])\s+)*>/.test(line));
  const firstTick = paragraph.findIndex((line) => line.includes('`'));
  const lastTick = paragraph.findLastIndex((line) => line.includes('`'));
  return paragraph.flatMap((line, index) => {
    const inQuote = quoted !== -1 && index >= quoted;
    const inCode = firstTick !== -1 && firstTick < index && lastTick >= index;
    return mentionIn(line, inQuote ? 'in_quote' : inCode ? 'in_code' : 'plain');
  });
}

/** The mention in a line, if there is one. In plain text it must be the first thing in its line. */
function mentionIn(line: string, place: Place): readonly Mention[] {
  const prefix = PREFIX.exec(line)?.[0] ?? '';
  const tail = line.slice(prefix.length);
  const found = /^\/checkrein(?![\p{L}\p{N}_/.-])/iu.exec(tail);
  if (found === null) return [];
  const rest = tail.slice(found[0].length);
  if (place !== 'plain') return [{ place, rest }];
  if (prefix === '') return [{ place: 'plain', rest }];
  return [{ place: /`|^(?: {4}|\t)/.test(prefix) ? 'in_code' : 'not_at_line_start', rest }];
}
