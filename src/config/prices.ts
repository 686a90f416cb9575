import { z } from 'zod';
import type { FlatPlan, OwnPrice } from '../core/price.ts';
import { dayText, shortName } from './values.ts';

/** A flat plan as the configuration names it. */
export interface ConfiguredPlan extends FlatPlan {
  readonly name: string;
}

const perMillion: z.ZodNumber = z.number().min(0).max(100_000);

/** One entry of `prices`. */
export const priceSchema: z.ZodType<OwnPrice, unknown> = z.strictObject({
  model: z
    .string()
    .min(1)
    .max(200)
    .describe('The model as the engine names it. A date behind it and who sells it in front of it do not matter.'),
  from: dayText.optional().describe('The first UTC day that it holds for; left out, it always held.'),
  input: perMillion.describe('Input, in US dollars per million tokens.'),
  output: perMillion.describe('Output, in US dollars per million tokens.'),
  cache_read: perMillion.optional().describe('Read from the cache; left out: as input.'),
  cache_write: perMillion.optional().describe('Written to the cache; left out: as input.'),
  cache_write_1h: perMillion.optional().describe('Written to the cache for an hour; left out: as `cache_write`.'),
  web_search: z.number().min(0).max(1_000).optional().describe('One web search in US dollars; left out: nothing.'),
  fast: z
    .number()
    .positive()
    .max(100)
    .optional()
    .describe('What the fast mode costs beside the normal one, as a factor; left out, that is not known.'),
});

/** One entry of `plans`. */
export const planSchema: z.ZodType<ConfiguredPlan, unknown> = z.strictObject({
  name: shortName.describe('What you call the plan; unique.'),
  agent: z.string().min(1).max(80).optional().describe('The agent whose sessions it covers; left out, those of all.'),
  engine: z
    .enum(['claude', 'codex', 'gemini', 'copilot', 'gh-aw'])
    .optional()
    .describe('The engine whose sessions it covers; left out, those of all.'),
  from: dayText.optional().describe('The first UTC day that it covers; left out, it always did.'),
});
