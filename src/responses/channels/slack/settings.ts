import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';
import { type SecretName, secretName } from '../secret.ts';

/** A Slack channel, through an incoming webhook. */
export interface SlackSettings {
  readonly type: 'slack';
  readonly webhook: SecretName;
}

export const slackSettings: SettingsSchema<SlackSettings> = z.strictObject({
  type: z.literal('slack').describe('A channel of Slack, by an incoming webhook.'),
  webhook: secretName.describe('The address of the webhook, which posts into one channel of Slack.'),
});
