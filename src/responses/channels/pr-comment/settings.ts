import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';

/** A comment on a pull request of the watched repository. */
export interface PrCommentSettings {
  readonly type: 'pr-comment';
  readonly pull: number | null;
}

export const prCommentSettings: SettingsSchema<PrCommentSettings> = z.strictObject({
  type: z.literal('pr-comment').describe('A comment under a pull request of the watched repository, updated in place.'),
  pull: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('The number of the pull request; `null` is the one that the label `pull` of the alert names.'),
});
