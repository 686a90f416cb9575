import type { ActionResult } from '../drivers/run-action.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' };

/** What a person reads: workflow commands and inert Markdown turned back into words, without quotes of any kind. */
export function plain(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/%0A|%0D/g, '\n')
    .replaceAll('%25', '%')
    .replace(/[\u200b`'"]/g, '');
}

/** The warnings and errors that GitHub shows on the page of a run. */
export function annotations({ stdout }: ActionResult): string {
  return plain(
    stdout
      .split('\n')
      .filter((line) => /^::(warning|error)/.test(line))
      .join('\n'),
  );
}
