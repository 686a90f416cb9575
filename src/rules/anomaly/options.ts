import { z } from 'zod';
import type { CronSchedule } from '../../core/cron.ts';
import { durationOption, enabledOption } from '../options.ts';

/** What can be watched for anomalies. */
export type WatchedMetric =
  | 'spend'
  | 'tokens'
  | 'sessions'
  | 'failures'
  | 'failure-rate'
  | 'tool-errors'
  | 'tool-latency'
  | 'silence'
  | 'level';

const METRICS: readonly WatchedMetric[] = [
  'spend',
  'tokens',
  'sessions',
  'failures',
  'failure-rate',
  'tool-errors',
  'tool-latency',
  'silence',
  'level',
];

const METHODS = ['auto', 'z-score', 'moving-average', 'percentile', 'iqr', 'robust', 'counts', 'trend'] as const;

export type AnomalyMethod = (typeof METHODS)[number];

export interface AnomalyOptions {
  readonly enabled: boolean;
  readonly metrics: readonly WatchedMetric[];
  readonly method: AnomalyMethod;
  readonly sensitivity: 'low' | 'medium' | 'high';
  readonly look_back: '1h' | '6h' | '24h' | '30d';
  readonly history: string;
  readonly false_alarms_per_month: number;
  readonly min_days: number;
  readonly min_sessions: number;
  readonly min_ratio: number;
  readonly min_usd: number;
  readonly min_tokens: number;
  readonly min_count: number;
  readonly min_calls: number;
  readonly critical_ratio: number;
  readonly critical_usd: number;
  readonly schedule_grace: string;
  /** From `agents:` in the configuration; none if left out. */
  readonly schedules?: readonly AgentSchedule[];
}

/** When an agent should run. */
export interface AgentSchedule extends CronSchedule {
  readonly agent: string;
}

export const anomalyOptions: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  metrics: z
    .array(z.enum(METRICS))
    .default([...METRICS])
    .describe('What is watched: of each agent, of each MCP server, and of the repository.'),
  method: z
    .enum(METHODS)
    .default('auto')
    .describe(
      '`auto` takes the method that fits the series; another one judges all of them alike. See docs/detection.md.',
    ),
  sensitivity: z
    .enum(['low', 'medium', 'high'])
    .default('medium')
    .describe(
      'How easily the method speaks, and how much of the budget of false alarms it may use: a quarter, half, all.',
    ),
  look_back: z
    .enum(['1h', '6h', '24h', '30d'])
    .default('30d')
    .describe(
      'How far a chosen method looks back, by minutes (1h, 6h), hours (24h) or days (30d); `percentile` in finer steps. `auto` has `history` instead.',
    ),
  history: durationOption('60d', '365d', 'How many days `auto` learns from.'),
  false_alarms_per_month: z
    .number()
    .gt(0)
    .max(100)
    .default(1)
    .describe(
      'The most false alarms that the method may be expected to raise in a month, over all that is watched together.',
    ),
  min_days: z.int().min(7).max(60).default(14).describe('With fewer days before it, the rule says nothing of a day.'),
  min_sessions: z
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe('With fewer sessions in all those days, the rule says nothing either.'),
  min_ratio: z
    .number()
    .min(1)
    .max(100)
    .default(1.5)
    .describe('A change by a smaller factor, up or down, is no anomaly.'),
  min_usd: z
    .number()
    .min(0)
    .max(100_000)
    .default(5)
    .describe('A smaller change in a day, in US dollars, is no anomaly.'),
  min_tokens: z.int().min(0).default(1_000_000).describe('A smaller change in a day, in tokens, is no anomaly.'),
  min_count: z
    .int()
    .min(1)
    .max(10_000)
    .default(5)
    .describe('A smaller change in a day, in sessions or failures, is no anomaly.'),
  min_calls: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('With fewer calls of an MCP server in a day, the rule says nothing of it.'),
  critical_ratio: z
    .number()
    .min(1)
    .max(1_000)
    .default(5)
    .describe('An increase by this factor is critical, if it is `critical_usd` as well.'),
  critical_usd: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(50)
    .describe(
      'An increase over what was expected by this many US dollars is critical, if it is `critical_ratio` as well.',
    ),
  schedule_grace: durationOption(
    '12h',
    '7d',
    'How late a run of an agent with a `schedule` may come before the agent is silent: GitHub starts scheduled runs hours late.',
  ),
});
