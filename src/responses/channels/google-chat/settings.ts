import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';
import { type SecretName, secretName } from '../secret.ts';

/** A Google Chat space, through a webhook. */
export interface GoogleChatSettings {
  readonly type: 'google-chat';
  readonly webhook: SecretName;
}

export const googleChatSettings: SettingsSchema<GoogleChatSettings> = z.strictObject({
  type: z.literal('google-chat').describe('A space of Google Chat, by a webhook.'),
  webhook: secretName.describe('The address of the webhook, with its key and token.'),
});
