import type { RemedyAnswer } from '../../core/notice-record.ts';
import type { Instant } from '../../core/time.ts';
import type { RemedyMark } from './log.ts';

/** What a lead has said to what waits for a word, as far as it holds: an approval whose time ran out says nothing any more. */
export function wordOn({ answer }: Pick<RemedyMark, 'answer'>, now: Instant): RemedyAnswer | null {
  if (answer === undefined) return null;
  return answer.expiresAt !== null && answer.expiresAt <= now ? null : answer;
}
