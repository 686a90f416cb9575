import type { z } from 'zod';
import type { Rule } from '../core/rule.ts';
import { anomaly } from './anomaly.ts';
import { blind } from './blind.ts';
import { cacheCollapse } from './cache-collapse.ts';
import { costDrift } from './cost-drift.ts';
import { drill } from './drill.ts';
import { duplicates } from './duplicates.ts';
import { failureSpike } from './failure-spike.ts';
import { failuresInARow } from './failures-in-a-row.ts';
import { late } from './late.ts';
import { loop } from './loop.ts';
import { modelShift } from './model-shift.ts';
import { noEffect } from './no-effect.ts';
import { regression } from './regression.ts';
import { retryStorm } from './retry-storm.ts';
import { reviewBacklog } from './review-backlog.ts';
import { runaway } from './runaway.ts';
import { sessionShift } from './session-shift.ts';
import { tokenGrowth } from './token-growth.ts';
import { toolLoop } from './tool-loop.ts';
import { unhealthy } from './unhealthy.ts';
import { unknownModel } from './unknown-model.ts';
import { violation } from './violation.ts';
import { worse } from './worse.ts';

/**
 * Every rule except the budgets, whose rule takes its allowances from `budgets:` in the configuration. `judge` must be given what
 * the rule's own `options` parsed from the configuration.
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
  anomaly,
  failuresInARow,
  retryStorm,
  loop,
  toolLoop,
  modelShift,
  tokenGrowth,
  sessionShift,
  cacheCollapse,
  duplicates,
  noEffect,
  unhealthy,
  regression,
  reviewBacklog,
  worse,
];
