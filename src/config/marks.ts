import { z } from 'zod';
import type { Duration } from '../core/time.ts';
import { durationOption } from './values.ts';

/** What `/checkrein false-positive` does. */
export interface MarksConfig {
  readonly lasts: Duration;
  readonly step: number;
  readonly most_steps: number;
}

export const marksSchema: z.ZodType<MarksConfig, object> = z.strictObject({
  lasts: durationOption('30d', 'How long a mark makes a rule ask for more on that subject.', { least: '1h' }),
  step: z
    .number()
    .gt(1)
    .max(10)
    .default(1.5)
    .describe('Each mark multiplies by this how far beyond its line a value must lie to count.'),
  most_steps: z.int().min(1).max(10).default(3).describe('More marks than this raise nothing more.'),
});
