import type { z } from 'zod';
import type { Rule } from '../core/rule.ts';
import { blind } from './blind.ts';
import { costDrift } from './cost-drift.ts';
import { drill } from './drill.ts';
import { failureSpike } from './failure-spike.ts';
import { late } from './late.ts';
import { runaway } from './runaway.ts';
import { unhealthy } from './unhealthy.ts';
import { unknownModel } from './unknown-model.ts';
import { violation } from './violation.ts';

/**
 * Every rule but the budgets, whose rule takes its allowances from `budgets:` of the configuration.
 * `judge` must be given what the rule's own `options` made of the configuration.
 */
export const RULES: readonly Rule<unknown, z.ZodObject>[] = [
  failureSpike,
  runaway,
  violation,
  unknownModel,
  costDrift,
  blind,
  late,
  drill,
  unhealthy,
];
