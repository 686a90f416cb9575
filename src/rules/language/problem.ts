import { nearest } from '../../core/nearest.ts';
import { plainLine } from '../../core/text.ts';

/** A stretch of a condition: its first character and its length. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

/** What is wrong with a condition, and where. */
export interface LanguageProblem extends Span {
  /** One line: what was found and what would be valid. */
  readonly message: string;
}

/** Thrown only inside the parser, which returns it as a value. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault';
  readonly problem: LanguageProblem;

  constructor(message: string, { at, length }: Span) {
    super(message);
    this.problem = { message, at, length };
  }
}

/** The most names that an error message lists. */
const MOST_LISTED = 12;

/** `; did you mean 'sessions'?`, or the known names if there are few; empty if neither helps. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word.slice(0, 80), known);
  if (near !== null) return `; did you mean '${near}'?`;
  if (known.length === 0 || known.length > MOST_LISTED) return '';
  return `; known here: ${[...known].sort().join(', ')}`;
}

/** How many characters of the line are shown on each side of a fault. */
const SHOWN_AROUND = 60;

/**
 * A problem for people, in three lines: what is wrong, the part of the condition it is in, and a caret below. The quoted text is
 * free of control characters and no wider than a terminal.
 */
export function formatProblem(source: string, { message, at, length }: LanguageProblem): string {
  const from = Math.max(0, at - SHOWN_AROUND);
  const to = Math.min(source.length, Math.max(at + length, at) + SHOWN_AROUND);
  // One character each, so that the caret stays below what it points at.
  const shown = [...source.slice(from, to)].map((letter) => (plainLine(letter) === '' ? ' ' : letter)).join('');
  const before = [...source.slice(from, at)].length;
  const width = Math.max(1, Math.min([...source.slice(at, at + length)].length, SHOWN_AROUND));
  return `${plainLine(message, 300)}\n  ${shown}\n  ${' '.repeat(before)}${'^'.repeat(width)}`;
}
