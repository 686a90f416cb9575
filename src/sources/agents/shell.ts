/** One command of a shell script: its words without quotes. */
export type Command = readonly string[];

/** `$( … )` nested deeper than this is not examined. */
const MAX_DEPTH = 8;

/** Longer scripts are read up to here. */
const MAX_LENGTH = 200_000;

/**
 * The commands in a shell script, as far as they can be determined without running it. Comments, here-documents and quoted text are
 * not commands; the contents of `$( … )` and backticks are. Never throws: a broken script yields what can be read.
 */
export function commandsIn(script: string): readonly Command[] {
  const commands: Command[] = [];
  const pending: { readonly text: string; readonly depth: number }[] = [
    { text: withoutExpressions(script.slice(0, MAX_LENGTH)), depth: 0 },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { depth } = next;
    const found = splitCommands(withoutHereDocuments(next.text));
    commands.push(...found.commands);
    if (depth < MAX_DEPTH) pending.push(...found.nested.map((text) => ({ text, depth: depth + 1 })));
  }
  return commands;
}

/**
 * GitHub fills in `${{ … }}` before the shell sees it. The result is data, whatever it contains. Linear: no part can match twice.
 */
function withoutExpressions(script: string): string {
  return script.replace(/\$\{\{[^}$]*\}\}/g, 'EXPRESSION').replace(/\\\r?\n/g, ' ');
}

/** Drops the bodies of `<<EOF … EOF`. */
function withoutHereDocuments(script: string): string {
  const kept: string[] = [];
  let end: string | null = null;
  for (const line of script.split(/\r?\n/)) {
    if (end !== null) {
      if (line.trim() === end) end = null;
      continue;
    }
    kept.push(line);
    end = /(?<!<)<<-?\s*(['"]?)([A-Za-z_]\w*)\1/.exec(line)?.[2] ?? null;
  }
  return kept.join('\n');
}

interface Split {
  readonly commands: readonly Command[];
  /** Nested scripts: `$( … )` and backticks. */
  readonly nested: readonly string[];
}

/** One pass over the text. Each reader takes the position and returns where it stopped. */
function splitCommands(text: string): Split {
  const commands: string[][] = [[]];
  const nested: string[] = [];
  let word: string | null = null;
  const endWord = (): void => {
    if (word !== null) commands.at(-1)?.push(word);
    word = null;
  };
  let at = 0;
  while (at < text.length) {
    const piece = pieceAt(text, at, word === null);
    at += piece.length;
    nested.push(...piece.nested);
    if (piece.kind === 'text') word = (word ?? '') + piece.text;
    else endWord();
    if (piece.kind === 'end') commands.push([]);
  }
  endWord();
  return { commands: commands.filter((command) => command.length > 0), nested };
}

interface Piece {
  /** `text` continues a word, `space` ends the word, `end` ends the command. */
  readonly kind: 'text' | 'space' | 'end';
  readonly text: string;
  readonly length: number;
  readonly nested: readonly string[];
}

const NOTHING: readonly string[] = [];

function pieceAt(text: string, at: number, wordStarts: boolean): Piece {
  const char = text[at] ?? '';
  if (char === '#' && wordStarts) return { kind: 'space', text: '', length: lineLength(text, at), nested: NOTHING };
  if (char === "'") return singleQuoted(text, at);
  if (char === '"') return doubleQuoted(text, at);
  if (char === '\\') return { kind: 'text', text: text[at + 1] ?? '', length: 2, nested: NOTHING };
  const inner = substitutionAt(text, at);
  if (inner !== null) return { kind: 'text', text: '', length: inner.length, nested: [inner.script] };
  // `2>&1` does not end a command.
  const ends = char === '&' ? text[at - 1] !== '>' : /[\n;|()]/.test(char);
  if (ends) return { kind: 'end', text: '', length: 1, nested: NOTHING };
  if (/\s/.test(char)) return { kind: 'space', text: '', length: 1, nested: NOTHING };
  return { kind: 'text', text: char, length: 1, nested: NOTHING };
}

function lineLength(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return (end === -1 ? text.length : end) - at;
}

function singleQuoted(text: string, at: number): Piece {
  const close = text.indexOf("'", at + 1);
  const end = close === -1 ? text.length : close;
  return { kind: 'text', text: text.slice(at + 1, end), length: end + 1 - at, nested: NOTHING };
}

function doubleQuoted(text: string, at: number): Piece {
  const nested: string[] = [];
  let content = '';
  let here = at + 1;
  while (here < text.length && text[here] !== '"') {
    const inner = substitutionAt(text, here);
    if (inner !== null) {
      nested.push(inner.script);
      here += inner.length;
      continue;
    }
    const escaped = text[here] === '\\';
    content += escaped ? (text[here + 1] ?? '') : (text[here] ?? '');
    here += escaped ? 2 : 1;
  }
  return { kind: 'text', text: content, length: here + 1 - at, nested };
}

/** The script in `$( … )` or backticks that starts here, and its length with the delimiters. */
function substitutionAt(text: string, at: number): { readonly script: string; readonly length: number } | null {
  if (text[at] === '`') {
    const close = text.indexOf('`', at + 1);
    const end = close === -1 ? text.length : close;
    return { script: text.slice(at + 1, end), length: end + 1 - at };
  }
  if (text[at] !== '$' || text[at + 1] !== '(') return null;
  let depth = 1;
  let here = at + 2;
  while (here < text.length && depth > 0) {
    if (text[here] === '(') depth += 1;
    if (text[here] === ')') depth -= 1;
    here += 1;
  }
  return { script: text.slice(at + 2, depth === 0 ? here - 1 : here), length: here - at };
}
