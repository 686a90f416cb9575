/** The most characters that a name from outside (agent, tool, model, path) may have in anything we write. */
export const MAX_NAME = 80;

/**
 * What no reader can see and an attacker can use: control, format and bidirectional characters, tags and variation selectors,
 * invisible fillers, halves of surrogate pairs, private and unassigned code points.
 */
const INVISIBLE: readonly string[] = [
  ...['\\p{Cc}', '\\p{Cf}', '\\p{Co}', '\\p{Cn}', '\\p{Cs}', '\\p{Default_Ignorable_Code_Point}'],
  ...['\\u2028', '\\u2029', '\\u2800'],
];

/** Made when there is such a text: every program would wait a millisecond for merely reading it as a literal. */
let invisible: RegExp | undefined;

function invisiblePattern(): RegExp {
  invisible ??= new RegExp(`[${INVISIBLE.join('')}]`, 'gu');
  return invisible;
}

/** Towers of combining marks spill over the lines above and below. Two on a letter are enough for every script in use. */
const MARK_TOWER = /(\p{M}{2})\p{M}+/gu;

/** Most names are of other characters alone, and neither of the above is in them. */
const BEYOND_ASCII = /[^ -~]/;

/** A zero-width space: breaks what GitHub or a bot would act on, and is invisible. */
const GAP = '\u200B';

/** What GitHub may take for a commit id. */
const COMMIT_ID = /(?<!\w)(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?!\w)/gi;

/**
 * What markdown or HTML acts on. Excludes an underscore inside a word and a dollar before a digit, so that names and prices stay
 * readable.
 */
const MARKUP = /[&<>\\`*{}[\]|~@#]|(?<![a-z0-9])_|_(?![a-z0-9])|\$(?!\d)/gi;

/**
 * One line without control, format or bidirectional characters, at most `max` characters long. Only the first part of a very long
 * text is looked at.
 */
export function plainLine(text: string, max: number = MAX_NAME): string {
  const considered = text.trimStart().slice(0, 64 * max);
  const spaced = considered.replace(/\s+/g, ' ');
  const visible = BEYOND_ASCII.test(spaced)
    ? spaced.replace(invisiblePattern(), '').replace(MARK_TOWER, '$1').replace(/ {2,}/g, ' ')
    : spaced;
  const line = visible.trim();
  const characters = [...line];
  return characters.length <= max
    ? line
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

/** Multi-line text without invisible characters; line ends and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(invisiblePattern(), (character) => (character === '\n' || character === '\t' ? character : ''));
}

/**
 * Text from outside made inert for places that show plain text (issue titles, labels, commit messages). Like `plainLine`, but also
 * breaks mentions, references, links and commands with a zero-width space. It looks the same.
 */
export function inertLine(text: string, max: number = MAX_NAME): string {
  return plainLine(text, max)
    .replace(/[@#]/g, (mark) => `${mark}${GAP}`)
    .replace(/:(?=\/\/)/g, `:${GAP}`)
    .replace(/\bwww(?=\.)/gi, (www) => `${www}${GAP}`)
    .replace(/\bGH-(?=\d)/gi, (gh) => `${gh}${GAP}`)
    .replace(COMMIT_ID, (id) => id.replace(/.{4}(?=.)/g, `$&${GAP}`))
    .replace(/:(?=[\w+-]*[a-z+-][\w+-]*:)/gi, `:${GAP}`)
    .replace(/(?<=^|\s)\/(?=\w)/g, `/${GAP}`)
    .replace(/\/(?=checkrein)/gi, `/${GAP}`)
    .replace(/-(?=-)/g, `-${GAP}`)
    .replace(/<(?=[a-z/!?])/gi, `<${GAP}`)
    .replace(/\](?=[([])/g, `]${GAP}`);
}

/**
 * Text from outside made inert for GitHub markdown: no mention, reference, link, image, HTML, command or markup survives, and it
 * cannot break out of a table cell. It stays readable.
 */
export function inertMarkdown(text: string, max: number = MAX_NAME): string {
  return inertLine(text, max)
    .replace(MARKUP, entity)
    .replace(/^[-+=]/, entity)
    .replace(/^(\d+)([.)])/, (_all, digits: string, mark: string) => `${digits}${entity(mark)}`)
    .replaceAll(GAP, entity(GAP));
}

/**
 * A link in GitHub markdown with inert text; only the text if `url` is not a plain web address (`https:`, or `http:` as on a test
 * server).
 */
export function inertLink(text: string, url: string, max: number = MAX_NAME): string {
  const address = webAddress(url);
  return address === null ? inertMarkdown(text, max) : `[${inertMarkdown(text, max)}](${address})`;
}

/** The address in a form that cannot end a markdown link or a table cell; null if it is not a web address. */
export function webAddress(url: string): string | null {
  if (url.length > 2_000 || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return null;
  if (parsed.username !== '' || parsed.password !== '') return null;
  return parsed.href.replace(/[()[\]<>|\\"'`*_~@ ]/g, (mark) => `%${mark.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function entity(mark: string): string {
  return `&#${mark.charCodeAt(0)};`;
}

/** A path as seen by file systems that ignore case and Unicode normalisation. */
export function foldedPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
