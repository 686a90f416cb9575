import type { z } from 'zod';
import type { Rule } from '../core/rule.ts';
import { budgetRule } from './budget-rule.ts';
import { burnRateRule } from './burn-rate-rule.ts';

/** The rules that use the configured budgets: `judge` is given them as `budgets` next to the rule's own settings. */
export const BUDGET_RULES: readonly Rule<unknown, z.ZodObject>[] = [budgetRule, burnRateRule];
