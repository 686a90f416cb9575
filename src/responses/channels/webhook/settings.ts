import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';
import { type SecretName, secretName } from '../secret.ts';

/** Your own program, called through a signed webhook. */
export interface WebhookSettings {
  readonly type: 'webhook';
  readonly url: SecretName;
  readonly secret: SecretName;
  readonly format: 'checkrein' | 'alertmanager';
}

export const webhookSettings: SettingsSchema<WebhookSettings> = z.strictObject({
  type: z.literal('webhook').describe('A program of yours, by a signed webhook.'),
  url: secretName.describe('The https address that is called.'),
  secret: secretName.describe('The key of the signature (HMAC-SHA-256), by which the program knows that we call.'),
  format: z
    .enum(['checkrein', 'alertmanager'])
    .default('checkrein')
    .describe('The shape of the message: our own, or that of webhooks of Alertmanager, version 4.'),
});
