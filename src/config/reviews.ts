import { z } from 'zod';
import type { ReviewTerms } from '../core/review-terms.ts';
import { durationOption, login } from './values.ts';

/** How people review, and which accounts are not people. */
export interface ReviewsConfig extends ReviewTerms {
  /** In lower case. */
  readonly machines: readonly string[];
}

export const reviewsSchema: z.ZodType<ReviewsConfig, object> = z.strictObject({
  sla: durationOption('2d', 'An open pull request of an agent that waits for people for longer is late.', {
    least: '1h',
    most: '90d',
  }),
  capacity: z
    .number()
    .positive()
    .max(1_000)
    .nullable()
    .default(null)
    .describe('How many pull requests people can look at on a working day. `null` is as many as they did lately.'),
  machines: z
    .array(login)
    .max(100)
    .default([])
    .transform((logins) => logins.map((name) => name.toLowerCase()))
    .describe(
      'Logins of programs that GitHub takes for people. What they say from then on is no review, no approval, and no command but `stop`.',
    ),
});
