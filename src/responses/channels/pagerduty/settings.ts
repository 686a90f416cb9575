import { z } from 'zod';
import type { SettingsSchema } from '../channel.ts';
import { publicAddress, type SecretName, secretName } from '../secret.ts';

/** A PagerDuty service, through its Events API v2. This is also how to reach somebody's phone. */
export interface PagerdutySettings {
  readonly type: 'pagerduty';
  readonly routing_key: SecretName;
  readonly urgency: 'by-severity' | 'high';
  readonly api: string;
}

export const pagerdutySettings: SettingsSchema<PagerdutySettings> = z.strictObject({
  type: z.literal('pagerduty').describe('A service of PagerDuty, and through it the phone of who is on call.'),
  routing_key: secretName.describe(
    'The integration key of an Events API v2 integration of the service: 32 characters.',
  ),
  urgency: z
    .enum(['by-severity', 'high'])
    .default('by-severity')
    .describe(
      '`high` calls everything critical, so that a service whose urgency follows the severity rings the phone; `by-severity` says what it is.',
    ),
  api: publicAddress
    .default('https://events.pagerduty.com')
    .describe('Where the Events API is; `https://events.eu.pagerduty.com` in the EU region.'),
});
