import type { Screen, World } from './world.ts';

/** What a screen is made of: a stream of the process, as far as it is needed here. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Taken where a terminal does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** How a stream is written to, after what it is and what the environment asks for. A dumb terminal is treated as a file. */
export function screenOf(stream: Output, env: World['env']): Screen {
  const terminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  return {
    write: (text) => stream.write(text),
    columns: terminal ? stream.columns || USUAL_COLUMNS : null,
    colour: forcedColour(env) ?? (terminal && (env['NO_COLOR'] ?? '') === ''),
  };
}

/** FORCE_COLOR wins over everything, as in Node itself; null when it is not set. */
function forcedColour(env: World['env']): boolean | null {
  const forced = env['FORCE_COLOR'];
  return forced === undefined ? null : forced !== '0' && forced !== 'false';
}

/** What a terminal may act on although JSON lets it stand as it is: control, format and bidirectional characters. */
const OBEYED = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;

/** One line of JSON that is the same value to every reader and nothing but text to a terminal. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(OBEYED, escapeCharacter)}\n`;
}

function escapeCharacter(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');
}
