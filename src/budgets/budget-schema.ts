import { z } from 'zod';
import { WORK_KEPT } from '../core/budget.ts';
import { HOUR, parseDuration } from '../core/time.ts';
import { isZone } from '../core/zone.ts';
import type { Budget } from './budget.ts';

const rolling = z
  .string()
  .regex(/^(\d+(ms|s|m|h|d|w))+$/, 'expected a duration such as 6h or 7d')
  .transform((text) => parseDuration(text) ?? 0)
  .refine((length) => length >= HOUR && length <= WORK_KEPT, 'expected a duration from 1h to 35d')
  .describe('Whatever lies so far back counts.');

const period = z
  .union([z.enum(['session', 'hour', 'day', 'week', 'month']), z.strictObject({ rolling })], {
    error: "expected 'hour', 'day', 'week', 'month', 'session', or a window such as { rolling: 7d }",
  })
  .describe('How long the allowance lasts. Weeks begin on Monday.');

const someName = z.string().min(1).max(200);

const scope = z
  .union(
    [
      z.enum(['repository', 'organisation', 'chain', 'session']),
      z.strictObject({ agent: someName }),
      z.strictObject({ workflow: someName }),
      z.strictObject({ actor: someName }),
    ],
    {
      error:
        "expected 'repository', 'organisation', 'chain', 'session', or one of { agent: … }, { workflow: … }, { actor: … }",
    },
  )
  .describe('Whom it is for: left out, all agents of the repository together; `*` as a name is each on its own.');

const amount = z.number().positive().max(1e12).optional();

const entry = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z\d][\w.-]{0,79}$/, 'expected a name of letters, digits, dots, hyphens and underscores, at most 80')
    .describe('What alerts call it; unique.'),
  period: period.optional(),
  usd: z.number().positive().max(1e9).optional().describe('The most US dollars of one period.'),
  tokens: amount.describe('Instead of `usd`: the most tokens.'),
  minutes: amount.describe('Instead of `usd`: the most minutes of Actions, by the clock.'),
  runs: amount.describe('Instead of `usd`: the most runs.'),
  open_pull_requests: z
    .union([z.number().positive().max(1e12), z.literal('auto')], { error: "expected a number above 0, or 'auto'" })
    .optional()
    .describe(
      'Instead of `usd`: the most open pull requests of agents at any time; `auto` is as many as people get to within `reviews.sla`.',
    ),
  agent: z.string().min(1).optional().describe('Short for `scope: { agent: … }`.'),
  scope: scope.optional(),
  time_zone: z
    .string()
    .max(64)
    .refine(isZone, 'expected the name of a time zone such as Europe/Berlin')
    .optional()
    .describe('Where its days, weeks and months begin; left out, UTC.'),
  warn_at: z
    .array(z.number().gt(0).lt(1))
    .max(5)
    .default([0.5, 0.8])
    .describe('Shares of the limit to speak at before it is used up; the last one warns, those before inform.'),
});

const UNITS = ['usd', 'tokens', 'minutes', 'runs', 'open_pull_requests'] as const;

/** One entry of the configured list of budgets. */
export const budgetSchema: z.ZodType<Budget, unknown> = entry.superRefine((budget, context) => {
  for (const [path, message] of faults(budget)) {
    context.addIssue({ code: 'custom', path: [path], message, input: budget[path] });
  }
});

/** Units of which a session counts as one or none, rather than having an amount. */
const BY_THE_PIECE: ReadonlySet<string> = new Set(['runs', 'open_pull_requests']);

type Fault = readonly [path: keyof z.output<typeof entry>, message: string];

function faults(budget: z.output<typeof entry>): readonly Fault[] {
  const units = UNITS.filter((unit) => budget[unit] !== undefined);
  const [first, second] = units;
  const isOfSession = budget.scope === 'session';
  return [
    ...(first === undefined ? [['usd', `expected an amount: one of ${UNITS.join(', ')}`] as const] : []),
    ...(second === undefined ? [] : [[second, `expected one amount, but there is ${first} already`] as const]),
    ...(budget.agent === undefined || budget.scope === undefined
      ? []
      : [['agent', 'expected either agent or scope, not both'] as const]),
    ...(isOfSession && budget.period !== undefined && budget.period !== 'session'
      ? [['period', "expected 'session' for the scope session"] as const]
      : []),
    ...(!isOfSession && (budget.period === undefined || budget.period === 'session')
      ? [['period', "expected 'hour', 'day', 'week', 'month' or a window such as { rolling: 7d }"] as const]
      : []),
    ...unmeasured(budget),
    ...(isOfSession && first !== undefined && BY_THE_PIECE.has(first)
      ? [[first, 'expected usd, tokens or minutes for a session'] as const]
      : []),
  ];
}

/** What people look at is not distinguished by whose it is. */
function unmeasured({ agent, scope, open_pull_requests }: z.output<typeof entry>): readonly Fault[] {
  const isOfPart = agent !== undefined || (scope !== undefined && scope !== 'repository');
  return open_pull_requests === 'auto' && isOfPart
    ? [['open_pull_requests', "expected a number: 'auto' is for all agents of the repository together"]]
    : [];
}

/** The budgets of a repository that configures none. */
export const DEFAULT_BUDGETS: readonly Budget[] = [
  { name: 'repo-day', period: 'day', usd: 50, warn_at: [0.5, 0.8] },
  { name: 'repo-month', period: 'month', usd: 800, warn_at: [0.5, 0.8] },
];

/** The configured list of budgets. */
export const budgetsSchema: z.ZodType<readonly Budget[], unknown> = z
  .array(budgetSchema)
  .prefault([...DEFAULT_BUDGETS])
  .describe('Allowances for a period. A list of yours replaces the default list.');
