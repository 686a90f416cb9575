import { nearest } from '../../core/nearest.ts';
import { RESPONSE_KINDS, type ResponseKind } from '../../core/response.ts';
import { quoted } from './quoted.ts';
import { UsageError } from './world.ts';

/** Means no kind at all: a job that only gathers and judges. */
const NONE = 'none';

/**
 * Reads which kinds of responses a job may apply: `issue,stop,rollback,rerun`, or `none`. Empty means all of them.
 * @param where how messages name the source of the text, for example `--apply`.
 * @throws UsageError when there is no such kind.
 */
export function readKinds(text: string | null, where: string): readonly ResponseKind[] {
  const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return RESPONSE_KINDS;
  if (words.length === 1 && words[0] === NONE) return [];
  return RESPONSE_KINDS.filter((kind) => words.map((word) => kindOf(word, where)).includes(kind));
}

function kindOf(word: string, where: string): ResponseKind {
  const kind = RESPONSE_KINDS.find((known) => known === word);
  if (kind !== undefined) return kind;
  const near = nearest(word, [...RESPONSE_KINDS, NONE]);
  const hint = near === null ? '' : ` Did you mean '${near}'?`;
  throw new UsageError(`${where} takes ${RESPONSE_KINDS.join(', ')}, or ${NONE} alone, not ${quoted(word)}.${hint}`);
}
