import { z } from 'zod';
import { BUDGET_RULES } from '../budgets/registry.ts';
import { RULES } from '../rules/registry.ts';

/** The settings of every rule. Budgets have a list of their own, so only the other settings of their rules are here. */
export const ruleSettings: z.ZodType<
  Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  unknown
> = z.strictObject(
  Object.fromEntries(
    [...BUDGET_RULES, ...RULES].map(({ name, options, question }) => {
      const own = 'budgets' in options.shape ? options.omit({ budgets: true }) : options;
      return [name, own.prefault({}).describe(question)];
    }),
  ),
);
