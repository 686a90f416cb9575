import { z } from 'zod';
import { type Duration, MINUTE } from '../core/time.ts';
import { durationOption, shortName } from './values.ts';

/** A rule as people write it. */
export interface WrittenRule {
  readonly name: string;
  readonly condition: string;
  readonly duration?: Duration | undefined;
  readonly for?: Duration | undefined;
  readonly channels: readonly string[];
  readonly keep_firing_for?: Duration | undefined;
  readonly no_data: 'keep' | 'alert' | 'ok';
  readonly for_each?: string | undefined;
  readonly for_mode: 'auto' | 'data' | 'observations';
  readonly min_observations: number;
  readonly confirm?: { readonly samples: number; readonly every: Duration } | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly group?: string | undefined;
  readonly escalation?: string | undefined;
  readonly runbook?: string | undefined;
}

const MOST_LENGTH = { least: '0s', most: '7d' };

/** A run that takes longer delays everything else it has to report. */
const LONGEST_CONFIRM: Duration = 5 * MINUTE;

const optionalDuration = (description: string) =>
  durationOption('0s', description, MOST_LENGTH).unwrap().optional().describe(description);

/** One rule of `alerts:`. Strict: an unknown key is an error. */
export const writtenRule: z.ZodType<WrittenRule> = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,79}$/, 'expected a name of letters, digits, hyphens and underscores, at most 80')
    .describe('What alerts and messages call it. No two rules have one name.'),
  condition: z.string().min(1).max(10_000).describe('When it fires; docs/alerts-language.md tells the language.'),
  duration: optionalDuration('How long the condition must hold before the alert fires. At most 7d.'),
  for: optionalDuration('The same as `duration`.'),
  channels: z.array(shortName).max(20).default([]).describe('Where it is sent, besides the issue.'),
  keep_firing_for: optionalDuration('How long it must be seen gone before the alert ends. At most 7d.'),
  no_data: z
    .enum(['keep', 'alert', 'ok'])
    .default('keep')
    .describe('What no data is taken for: `keep` changes nothing, `alert` fires, `ok` reads it as false.'),
  for_each: z
    .string()
    .max(200)
    .optional()
    .describe('A map, such as `metrics.mcpServers`: each entry has an alert of its own.'),
  for_mode: z
    .enum(['auto', 'data', 'observations'])
    .default('auto')
    .describe('What `duration` is measured on: the times of records, or looks at what is sampled.'),
  min_observations: z.int().min(1).max(20).default(2).describe('How many looks in a row must see what is sampled.'),
  confirm: z
    .strictObject({
      samples: z.int().min(1).max(10).describe('How many more samples.'),
      every: durationOption('20s', 'How long between them.', { least: '1s', most: '5m' }),
    })
    .refine(({ samples, every }) => samples * every <= LONGEST_CONFIRM, {
      error: 'expected samples that take at most 5m together, for the run waits for them',
      path: ['every'],
    })
    .optional()
    .describe('More samples in the first run that sees it, of what is sampled, so that one run can be sure of it.'),
  labels: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'expected lower-case letters, digits and underscores'),
      z.string().min(1).max(200),
    )
    .default({})
    .describe('Labels of the alert, for silences and inhibition.'),
  group: z
    .string()
    .min(1)
    .max(80)
    .optional()
    .describe('The label `group` of its alerts: with `policy.group_by: [group]` those of one group are sent together.'),
  escalation: shortName.optional().describe('The policy of `escalation` that its alerts follow.'),
  runbook: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://example.com/runbook' })
    .optional()
    .describe('The page that says what to do.'),
});

/** `alerts:` as written: the path of a file, or rules by severity. */
export const writtenAlerts: z.ZodType<unknown> = z.union(
  [
    z.string().min(1).max(500),
    z.strictObject({
      critical: z.array(writtenRule).optional().describe('Rules whose alerts need somebody at once.'),
      warning: z.array(writtenRule).optional().describe('Rules whose alerts need somebody.'),
      info: z.array(writtenRule).optional().describe('Rules whose alerts are good to know.'),
    }),
  ],
  { error: 'expected the path of a file, or rules below critical, warning and info' },
);
