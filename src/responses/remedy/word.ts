import type { RemedyRecord } from '../../core/notice-record.ts';

/** How a lead approves or rejects what waits for approval. */
export function sayWord(kind: RemedyRecord['do']): string {
  return `A lead must say yes: comment \`/checkrein approve ${kind}\`, or \`/checkrein reject ${kind}\`.`;
}
