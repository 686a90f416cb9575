/** The most characters that a name made outside (agent, tool, model, path) may have in anything we write. */
export const MAX_NAME = 80;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\u{E0000}-\u{E007F}]/gu;

/** One line without control, format or bidirectional characters, at most `max` characters long. */
export function plainLine(text: string, max: number = MAX_NAME): string {
  const line = text.replace(/\s+/g, ' ').replace(INVISIBLE, '').trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

const BREAK = '&#8203;';

/**
 * Text from outside made inert for GitHub markdown: no mention, reference, link, image, HTML or markup survives,
 * and it cannot leave a table cell. What it looks like stays readable.
 */
export function inertMarkdown(text: string, max: number = MAX_NAME): string {
  return plainLine(text, max)
    .replace(/[&<>\\`*_{}[\]()!|~^$@#]/g, (mark) => `&#${mark.charCodeAt(0)};${'@#'.includes(mark) ? BREAK : ''}`)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}${BREAK}.`)
    .replace(/\bGH-(?=\d)/gi, (gh) => `${gh}${BREAK}`)
    .replace(/\/(?=checkrein)/gi, `/${BREAK}`)
    .replace(/--/g, `-${BREAK}-`);
}
