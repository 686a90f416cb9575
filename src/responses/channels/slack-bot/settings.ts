import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';
import { publicAddress, type SecretName, secretName } from '../secret.ts';

/** A Slack channel, through the token of an app. Messages are updated in place and reminders go into their thread. */
export interface SlackBotSettings {
  readonly type: 'slack-bot';
  readonly token: SecretName;
  readonly channel: string;
  readonly api: string;
}

export const slackBotSettings: SettingsSchema<SlackBotSettings> = z.strictObject({
  type: z.literal('slack-bot').describe('A channel of Slack, by the token of an app: messages are updated in place.'),
  token: secretName.describe(
    'The bot token of the app, which begins with `xoxb-` and has the scope `chat:write`; with `channels:history` (`groups:history` for a private channel) a message that may have arrived is looked for before it is sent again.',
  ),
  channel: z
    .string()
    .regex(/^[CGD][A-Z\d]{5,30}$/, 'expected the id of a channel, such as C0123456789: the name of one may change')
    .describe('The id of the channel, from its details in Slack. The app must be a member of it.'),
  api: publicAddress.default('https://slack.com/api').describe('Where the API of Slack is.'),
});
