import type { Matchers } from '../core/notice-terms.ts';
import { keptName } from '../core/redact.ts';
import { shown } from './words.ts';

/** A label, an equals sign and a glob, as in `agent=nightly-*`. */
const MATCHER = /^([A-Za-z_]\w{0,79})=(.*)$/u;

const LONGEST_GLOB = 200;
const MOST = 8;

/** Matchers at the beginning, and the words after them. */
interface Read {
  /** Null when there are none. */
  readonly match: Matchers | null;
  readonly rest: readonly string[];
}

/**
 * Reads matchers from the first words of a command; a sentence when they cannot be understood. A matcher further back is refused:
 * ignoring it would silence more alerts than was meant.
 */
export function leadingMatchers(words: readonly string[]): Read | string {
  const firstOther = words.findIndex((word) => !MATCHER.test(word));
  const count = firstOther === -1 ? words.length : firstOther;
  const [said, rest] = [words.slice(0, count), words.slice(count)];
  const late = rest.find((word) => MATCHER.test(word));
  if (late !== undefined) return `'${shown(late)}' stands too far back: labels come first, without spaces around '='.`;
  if (said.length === 0) return { match: null, rest };
  if (said.length > MOST) return `More than ${MOST} labels were given.`;
  const match: Record<string, string> = {};
  for (const word of said) {
    const [, label = '', glob = ''] = MATCHER.exec(word) ?? [];
    const odd = oddity(match, label, glob);
    if (odd !== null) return odd;
    match[label] = glob;
  }
  return { match, rest };
}

function oddity(match: Matchers, label: string, glob: string): string | null {
  if (Object.hasOwn(match, label)) return `The label '${shown(label)}' was given twice.`;
  if (glob === '' || glob === '!') return `A value was expected after '${shown(label)}='.`;
  // A glob that is kept differently would match differently.
  if (glob.length > LONGEST_GLOB || keptName(glob, LONGEST_GLOB) !== glob) {
    return `The value of '${shown(label)}' is too long, or holds what is not kept.`;
  }
  return null;
}
