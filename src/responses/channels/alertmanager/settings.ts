import { z } from 'zod';
import { type Duration, parseDuration } from '../../../core/time.ts';
import type { SettingsSchema } from '../channel.ts';
import { type SecretName, secretName } from '../secret.ts';

/** A Prometheus Alertmanager, called through its API v2. */
export interface AlertmanagerSettings {
  readonly type: 'alertmanager';
  readonly url: SecretName;
  readonly token: SecretName | null;
  readonly hold: Duration;
}

export const alertmanagerSettings: SettingsSchema<AlertmanagerSettings> = z.strictObject({
  type: z.literal('alertmanager').describe('An Alertmanager of Prometheus, by its API v2.'),
  url: secretName.describe('The address of the Alertmanager, without `/api/v2/alerts`.'),
  token: secretName.nullable().default(null).describe('A bearer token, where a proxy before it wants one.'),
  hold: z
    .string()
    .regex(/^(\d+(ms|s|m|h|d|w))+$/, 'expected a duration such as 15m, 6h or 30d')
    .refine((text) => (parseDuration(text) ?? 0) >= (parseDuration('10m') ?? 0), 'expected 10m at least')
    .transform((text) => parseDuration(text) ?? 0)
    .prefault('1d')
    .describe(
      'How long Alertmanager takes an alert for active without hearing of it again. Longer than the time between two reminders, ' +
        'and than two runs of Checkrein.',
    ),
});
