import { type Helper, startHelpers } from '../../sources/sessions/helpers.ts';

/**
 * The threads for a command line that will read session files, started before it is understood: every word is taken for a path, and
 * those that are none count for nothing.
 */
export function helpersAhead([command, ...words]: readonly string[]): readonly Helper[] {
  return command === 'ingest' ? startHelpers(words, words.includes('--usage-only') ? 'usage' : 'all') : [];
}
