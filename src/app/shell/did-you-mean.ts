import { nearest } from '../../core/nearest.ts';

/** ` Did you mean 'watch'?`, to be appended to a sentence; empty when no known word is close. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const near = nearest(word, known);
  return near === null ? '' : ` Did you mean '${prefix}${near}'?`;
}
