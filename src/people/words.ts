import { nearest } from '../core/nearest.ts';
import { keptName } from '../core/redact.ts';

const LONGEST_WHY = 200;
const LONGEST_WORD = 80;

/** A person's reason as one plain line without secrets; null when there is none. */
export function reason(words: readonly string[]): string | null {
  const text = keptName(words.join(' ').replace(/^(?:because|why)\b:?\s*/i, ''), LONGEST_WHY);
  return text === '' ? null : text;
}

/** A word of the comment as it may appear in a sentence of ours. */
export function shown(word: string): string {
  return keptName(word.slice(0, 4 * LONGEST_WORD), LONGEST_WORD).replaceAll("'", '’');
}

/** The candidate that was likely meant, as a sentence; empty when none is close. */
export function hint(word: string, candidates: readonly string[]): string {
  const near = nearest(word.slice(0, LONGEST_WORD), candidates);
  return near === null ? '' : ` Did you mean '${near}'?`;
}
