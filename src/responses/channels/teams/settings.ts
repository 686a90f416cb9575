import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';
import { type SecretName, secretName } from '../secret.ts';

/** A Microsoft Teams channel, through a Workflows webhook. */
export interface TeamsSettings {
  readonly type: 'teams';
  readonly webhook: SecretName;
}

export const teamsSettings: SettingsSchema<TeamsSettings> = z.strictObject({
  type: z.literal('teams').describe('A channel of Microsoft Teams, by a webhook of the app Workflows.'),
  webhook: secretName.describe('The address of the webhook of the workflow, with its signature.'),
});
