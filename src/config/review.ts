import { z } from 'zod';
import type { PassportTerms } from '../core/passport-terms.ts';

/** How pull requests of agents are reviewed. */
export interface ReviewConfig extends PassportTerms {
  /** Whether a risky change gets a red status; null if the `mode` of the whole file decides. */
  readonly mode: 'shadow' | 'enforce' | null;
  readonly status: boolean;
  readonly comment: boolean;
}

const globs = z.array(z.string().min(1).max(200)).max(200).default([]);

export const reviewSchema: z.ZodType<ReviewConfig, object> = z.strictObject({
  mode: z
    .enum(['shadow', 'enforce'])
    .nullable()
    .default(null)
    .describe(
      'In `enforce` mode a risky change gets a red status until a lead approves it; in `shadow` mode the status says that it would. ' +
        '`null` is the `mode` of the whole file.',
    ),
  status: z.boolean().default(true).describe('Whether the commit status `checkrein/review` is set.'),
  comment: z.boolean().default(true).describe('Whether the risk passport stands in a comment.'),
  control_plane: globs.describe('Globs of further files that steer agents, beside those that are known.'),
  generated: globs.describe('Globs of further files that programs make.'),
  max_files: z.int().positive().default(50).describe('How many files people read with care; more are a medium risk.'),
  max_lines: z
    .int()
    .positive()
    .default(1_500)
    .describe('How many changed lines people read with care; more are a medium risk.'),
  max_behind: z.int().min(0).default(50).describe('How many commits the base may be ahead.'),
});
