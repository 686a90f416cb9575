import { z } from 'zod';
import type { Duration } from '../core/time.ts';
import { durationOption } from './values.ts';

/** How changes made by agents are held to their promises. */
export interface ImprovementsConfig {
  readonly window: Duration;
  readonly alpha: number;
  readonly min_sessions: number;
  readonly min_days: number;
  readonly min_change: number;
  readonly guardrails: readonly string[];
  readonly deployed_by: 'merge' | 'deployment';
  readonly rollback: 'ask' | 'draft';
  readonly approval_lasts: Duration;
}

const metricName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z]\w*(?:\.[A-Za-z]\w*)*$/, 'expected the name of a metric such as sessions.tokenUsage.cost');

export const improvementsSchema: z.ZodType<ImprovementsConfig, object> = z.strictObject({
  window: durationOption('14d', 'How long a change is looked at that does not say so itself. From 2d to 28d.', {
    least: '2d',
    most: '28d',
  }),
  alpha: z
    .number()
    .gt(0)
    .max(0.2)
    .default(0.05)
    .describe('The share of changes without effect that may get a false verdict, over all looks and metrics.'),
  min_sessions: z.int().min(5).max(10_000).default(10).describe('With fewer sessions on a side nothing is known.'),
  min_days: z.int().min(3).max(28).default(5).describe('With fewer days on a side nothing is known.'),
  min_change: z.number().min(0).max(10).default(0.1).describe('A smaller share of change is none, however sure it is.'),
  guardrails: z
    .array(metricName)
    .max(10)
    .default(['sessions.failureRate', 'sessions.tokenUsage.cost'])
    .describe('Metrics that no change may make worse.'),
  deployed_by: z
    .enum(['merge', 'deployment'])
    .default('merge')
    .describe(
      'When a change is in force: with its merge, or with the event `deployment` that a workflow records for it (`checkrein record event deployment --label pull=12`).',
    ),
  rollback: z
    .enum(['ask', 'draft'])
    .default('ask')
    .describe(
      'What is done about a change that made something worse: `ask` proposes a rollback in the issue; `draft` opens a draft pull request that takes it back as well. Nothing is merged by itself.',
    ),
  approval_lasts: durationOption('7d', 'How long an approval, or a proposal of ours, is good.', {
    least: '1h',
    most: '30d',
  }),
});
