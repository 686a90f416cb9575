import { z } from 'zod';

/** Whether and how a model is asked. None of this matters without a key. */
export interface OpinionConfig {
  /** Whether agents' pull requests get a second opinion. */
  readonly reviews: boolean;
  /** The severity from which a model guesses at the cause of a new alert. */
  readonly triage: 'off' | 'critical' | 'warning';
  readonly model: string;
  /** In US dollars, for all heads of a pull request together. */
  readonly usd_per_pull: number;
  /** In US dollars, for everything that a model is asked on a UTC day. */
  readonly usd_per_day: number;
  /** The most tokens of a change that are sent. */
  readonly input_tokens: number;
  /** The most tokens of an answer. */
  readonly output_tokens: number;
}

export const opinionSchema: z.ZodType<OpinionConfig, object> = z.strictObject({
  reviews: z.boolean().default(true).describe('Whether pull requests of agents get a second opinion by a model.'),
  triage: z
    .enum(['off', 'critical', 'warning'])
    .default('warning')
    .describe('From which severity on a model guesses what is behind a new alert.'),
  model: z
    .string()
    .regex(/^[A-Za-z\d][\w.:@/-]{0,99}$/, 'expected the id of a model such as claude-haiku-4-5')
    .default('claude-haiku-4-5')
    .describe('The model. It must be able to give structured answers, and must have a price, else it is not asked.'),
  usd_per_pull: z
    .number()
    .positive()
    .max(1_000)
    .default(0.25)
    .describe('The most US dollars for all opinions of one pull request.'),
  usd_per_day: z
    .number()
    .positive()
    .max(100_000)
    .default(2)
    .describe('The most US dollars on a UTC day. The budgets of the repository hold for it too.'),
  input_tokens: z
    .int()
    .min(1_000)
    .max(150_000)
    .default(30_000)
    .describe('The most tokens of a change that are sent, the riskiest files first.'),
  output_tokens: z.int().min(500).max(16_000).default(2_000).describe('The most tokens of an answer.'),
});
