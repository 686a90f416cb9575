import type { RemedyAnswer } from '../../core/notice-record.ts';
import type { Instant } from '../../core/time.ts';
import type { RemedyMark } from './log.ts';

/** A lead's answer to a remedy that waits for one, as far as it is valid: an expired approval counts as no answer. */
export function wordOn({ answer }: Pick<RemedyMark, 'answer'>, now: Instant): RemedyAnswer | null {
  if (answer === undefined) return null;
  return answer.expiresAt !== null && answer.expiresAt <= now ? null : answer;
}
