import { z } from 'zod';
import { termsOf } from '../budgets/allowance.ts';
import type { Budget } from '../budgets/budget.ts';
import { ROOTS, type Vars } from '../rules/conditions/scope.ts';

const varName = z
  .string()
  .regex(/^[A-Za-z_]\w{0,79}$/, 'expected a name of letters, digits and underscores')
  .refine((name) => !ROOTS.some((root) => root === name), `expected a name other than ${ROOTS.join(', ')}`);

const value = z.union([z.number(), z.string().max(1_000), z.boolean()], {
  error: 'expected a number, a text, true or false',
});

/** Named values that people define for their conditions. */
export const varsSchema: z.ZodType<Vars, unknown> = z
  .record(varName, value)
  .default({})
  .describe('Values with names of your own, for the conditions of `alerts`: `{ dailyBudget: 50 }`.');

/**
 * The names that conditions may use: `dailyBudget` and `monthlyBudget`, from the first budget of all agents, and those that people
 * defined themselves.
 */
export function varsOf({ vars, budgets }: { readonly vars: Vars; readonly budgets: readonly Budget[] }): Vars {
  const ofBudgets = [...budgets].reverse().flatMap((budget) => {
    const { scope, period, unit, limit } = termsOf(budget);
    const name = period === 'day' ? 'dailyBudget' : period === 'month' ? 'monthlyBudget' : null;
    return name === null || scope.kind !== 'repository' || unit !== 'usd' ? [] : [[name, limit] as const];
  });
  return { ...Object.fromEntries(ofBudgets), ...vars };
}
