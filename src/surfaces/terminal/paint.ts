import { plainLine } from '../../core/text.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'cyan';
export type Style = Colour | 'bold' | 'dim';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

/** Styles text; leaves it alone when colours are off. */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** The painter of a terminal. */
export function painter(colour: boolean): Paint {
  if (!colour) return (text) => text;
  return (text, ...styles) =>
    styles.reduce((painted, style) => `\u001b[${CODES[style][0]}m${painted}\u001b[${CODES[style][1]}m`, text);
}

/** What takes two columns. */
const WIDE: readonly string[] = [
  '\\p{Emoji_Presentation}',
  ...['Han', 'Hiragana', 'Katakana', 'Hangul'].map((script) => `\\p{Script=${script}}`),
  ...['\\u3000-\\u303e', '\\uff01-\\uff60', '\\uffe0-\\uffe6'],
];

/** Made when there is such a text: every command would wait for reading it as a literal. */
let wide: RegExp | undefined;

function widePattern(): RegExp {
  wide ??= new RegExp(`[${WIDE.join('')}]`, 'u');
  return wide;
}

const ZERO = /\p{M}/u;

/** Every other character takes one column. */
const BEYOND_ASCII = /[^ -~]/;

/** Columns that unstyled text takes on a terminal. */
export function columnsOf(text: string): number {
  if (!BEYOND_ASCII.test(text)) return text.length;
  const two = widePattern();
  let columns = 0;
  for (const character of text) columns += ZERO.test(character) ? 0 : two.test(character) ? 2 : 1;
  return columns;
}

/** One line of at most `width` columns, free of everything that a terminal would interpret. */
export function clip(text: string, width: number): string {
  const line = plainLine(text, Math.max(1, 4 * width));
  if (columnsOf(line) <= width) return line;
  let kept = '';
  let columns = 0;
  for (const character of line) {
    columns += columnsOf(character);
    if (columns > width - 1) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept.trimEnd()}…`;
}

/** The text padded with spaces to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** The text in at most `most` lines of at most `width` columns, broken at spaces. */
export function wrap(text: string, width: number, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of plainLine(text, width * most * 2).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= width) {
      line = longer;
    } else {
      if (line !== '') lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const shown = lines.slice(0, most).map((one) => clip(one, width));
  const last = shown.at(-1);
  if (lines.length > most && last !== undefined) shown[shown.length - 1] = clip(`${last} …`, width);
  return shown;
}
