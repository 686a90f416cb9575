import type { RemedyRecord } from '../../core/notice-record.ts';

/** How a lead agrees to what waits for a word, or does not. */
export function sayWord(kind: RemedyRecord['do']): string {
  return `A lead must say yes: comment \`/checkrein approve ${kind}\`, or \`/checkrein reject ${kind}\`.`;
}
