import { keptName } from '../../core/redact.ts';

/**
 * A word from the command line or the environment as messages repeat it: in quotes, on one line, cut, and without secrets. It may be
 * an address in the wrong place, with its password, or a token where a name belongs; a line break in it could begin a command to the
 * runner, which reads the log.
 */
export function quoted(word: string): string {
  return `'${keptName(word)}'`;
}
