import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';

/** The issues of the watched repository. */
export interface GithubIssueSettings {
  readonly type: 'github-issue';
}

export const githubIssueSettings: SettingsSchema<GithubIssueSettings> = z.strictObject({
  type: z
    .literal('github-issue')
    .describe('Issues of the watched repository: a comment under the issue of the alert, else an issue of its own.'),
});
