import { z } from 'zod';
import type { Duration } from '../core/time.ts';
import { durationOption, environmentName, variableName } from './values.ts';

/** The limits of the emergency stop. */
export interface StopConfig {
  /** The most stops that rules may trigger in 24 hours. People may stop as often as they like. */
  readonly max_per_day: number;
  readonly grace: Duration;
  readonly deadline: Duration;
  /** Hourly requests reserved for the stop. Reading session files ends before they are used up. */
  readonly reserve: number;
  /** Globs of paths or names of workflows that are never stopped. */
  readonly protective: readonly string[];
  /** The repository variable that a stop of all agents sets; null = none. */
  readonly variable: string | null;
  /** The environment variables with the address and the secret of a webhook that a stop calls; null = none. */
  readonly webhook: { readonly url_env: string; readonly secret_env: string } | null;
}

export const stopSchema: z.ZodType<StopConfig, object> = z.strictObject({
  max_per_day: z.int().min(0).max(50).default(3).describe('The most stops that rules bring about in 24 hours.'),
  grace: durationOption(
    '5m',
    'How long a run may take to end after it was cancelled before it is ended by force. At most 5m.',
    { least: '0s', most: '5m' },
  ),
  deadline: durationOption(
    '15m',
    'How long one stop keeps trying before it reports what is left. From 1m to 50m: the token of a GitHub App lives for an hour, ' +
      'and the receipt needs some of it. The job needs 10 minutes more in its `timeout-minutes`; `doctor` compares the two.',
    { least: '1m', most: '50m' },
  ),
  reserve: z
    .int()
    .min(0)
    .max(1_000)
    .default(150)
    .describe('How many requests of the hour are kept for the stop: reading session files ends before.'),
  protective: z
    .array(z.string().min(1).max(200))
    .max(100)
    .default([])
    .describe('Workflows that are never stopped, as globs of their paths or names, beside those that are recognised.'),
  variable: variableName
    .nullable()
    .default(null)
    .describe(
      'A repository variable that a stop of all agents sets, for the `if:` of workflows. Needs a token that may write variables.',
    ),
  webhook: z
    .strictObject({
      url_env: environmentName.describe('The environment variable with its https address.'),
      secret_env: environmentName.describe('The environment variable with the secret that signs what is sent.'),
    })
    .nullable()
    .default(null)
    .describe(
      'A webhook that every stop and resume calls, to switch keys off and on: the names of the environment variables ' +
        'with its address and secret, as `{ url_env: NAME, secret_env: NAME }`.',
    ),
});
