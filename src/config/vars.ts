import { z } from 'zod';
import { ROOTS, type Vars } from '../rules/conditions/scope.ts';

const varName = z
  .string()
  .regex(/^[A-Za-z_]\w{0,79}$/, 'expected a name of letters, digits and underscores')
  .refine((name) => !ROOTS.some((root) => root === name), `expected a name other than ${ROOTS.join(', ')}`);

const value = z.union([z.number(), z.string().max(1_000), z.boolean()], {
  error: 'expected a number, a text, true or false',
});

/** Values that people give names to, for their conditions. */
export const varsSchema: z.ZodType<Vars, unknown> = z
  .record(varName, value)
  .default({})
  .describe('Values with names of your own, for the conditions of `alerts`: `{ dailyBudget: 50 }`.');
