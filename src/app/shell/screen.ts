import type { Screen, World } from './world.ts';

/** A stream of the process, with the parts we need. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string | Uint8Array): unknown;
}

/** Used when a terminal does not report its width. */
const USUAL_COLUMNS = 80;

/** How to write to a stream, depending on what it is and what the environment asks for. A dumb terminal is treated as a file. */
export function screenOf(stream: Output, env: World['env']): Screen {
  const terminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  return {
    write: (text) => stream.write(text),
    columns: terminal ? stream.columns || USUAL_COLUMNS : null,
    colour: forcedColour(env) ?? (terminal && (env['NO_COLOR'] ?? '') === ''),
  };
}

/** FORCE_COLOR overrides everything, as in Node itself; null when it is not set. */
function forcedColour(env: World['env']): boolean | null {
  const forced = env['FORCE_COLOR'];
  return forced === undefined ? null : forced !== '0' && forced !== 'false';
}

/** Characters a terminal may act on although JSON allows them unescaped: control, format and bidirectional characters. */
const OBEYED = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

/** What most JSON is free of, and then of those too; looking for this first is much faster. */
const BEYOND_ASCII = /[^ -~]/;

/** One line of JSON that every reader parses to the same value and that is only text to a terminal. */
export function jsonLine(value: unknown): string {
  return `${jsonText(value)}\n`;
}

/** The same without the end of the line. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return BEYOND_ASCII.test(text) ? text.replace(OBEYED, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');
}
