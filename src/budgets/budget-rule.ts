import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import { formatUsd } from '../core/money.ts';
import { reaches, type Severity } from '../core/outcome.ts';
import type { Rule } from '../core/rule.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { type Window, windowOf } from '../metrics/period.ts';
import { blindness } from '../metrics/sight.ts';
import { type Budget, stageOf } from './allowance.ts';
import { budgetEvidence, cents, spoken, subjectOf } from './budget-evidence.ts';
import { type Spend, type Spending, spendingIn } from './spend.ts';

export interface BudgetOptions {
  readonly enabled: boolean;
  readonly budgets: readonly Budget[];
}

/** One entry of the configuration's list of budgets. */
export const budgetSchema: z.ZodType<Budget, unknown> = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z\d][\w.-]{0,79}$/, 'expected a name of letters, digits, dots, hyphens and underscores, at most 80')
    .describe('What alerts call it; unique.'),
  period: z.enum(['day', 'month']).describe('The UTC day or the UTC month.'),
  usd: z.number().positive().max(1e9).describe('The most US dollars of one period.'),
  agent: z.string().min(1).optional().describe('The agent that it is for; left out, all agents together.'),
  warn_at: z
    .array(z.number().gt(0).lt(1))
    .max(5)
    .default([0.5, 0.8])
    .describe('Shares of the limit to speak at before it is used up; the last one warns, those before inform.'),
});

/** What holds in a repository that configures no budget. */
export const DEFAULT_BUDGETS: readonly Budget[] = [
  { name: 'repo-day', period: 'day', usd: 50, warn_at: [0.5, 0.8] },
  { name: 'repo-month', period: 'month', usd: 800, warn_at: [0.5, 0.8] },
];

const options: z.ZodObject = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether budgets are watched at all.'),
  budgets: z
    .array(budgetSchema)
    .default([...DEFAULT_BUDGETS])
    .describe('The allowances; a list of yours replaces the default one.'),
});

/** Holds what was spent against the budgets. */
export const budgetRule: Rule<BudgetOptions, z.ZodObject> = {
  name: 'budget',
  title: 'A budget runs out',
  question: 'Does an agent, or do all of them together, spend more in a day or a month than they may?',
  remedy: [
    'Open the weightiest runs and see whether their work is worth the money.',
    'Lower what one session may use: `--max-turns` of the agent, `timeout-minutes` of its job, a smaller model.',
    'Let the agent start less often, or disable its workflow until the period is over.',
    'Raise the budget in `.github/checkrein.yml` when the spend is as intended.',
  ],
  options,
  judge(facts: Facts, { enabled, budgets }: BudgetOptions, now: Instant): readonly Finding[] {
    if (!enabled) return [];
    const answers = budgets.map((budget) => answer(facts, budget, now));
    return answers.map((one) => explain(one, answers));
  },
};

/** The answer about one budget, with what is needed to tell whether another one explains it. */
interface Answer {
  readonly budget: Budget;
  readonly spend: Spend;
  readonly finding: Finding;
}

function answer(facts: Facts, budget: Budget, now: Instant): Answer {
  const window = windowOf(budget.period, now);
  const spending = spendingIn(facts, window, now);
  const spend = budget.agent === undefined ? spending.repository : (spending.agents.get(budget.agent) ?? NOTHING);
  const stage = stageOf(budget, spend.total);
  const blind = blindness(facts);
  const base = {
    rule: 'budget',
    subject: subjectOf(budget, facts.repo),
    labels: { budget: budget.name, period: budget.period },
    value: cents(spend.total),
    limit: budget.usd,
    unit: 'usd' as const,
  };
  const said = sentence(facts, budget, spend, window);
  if (stage !== null) {
    const evidence = budgetEvidence(facts, budget, { spending, spend, window, now });
    const most = budget.agent === undefined ? weightiestAgent(spending) : '';
    const reason = `${said}${most}${caveat(spend)}.`;
    const finding: Finding = {
      ...base,
      outcome: 'violated',
      severity: stage.severity,
      reason,
      evidence,
      explainedBy: null,
    };
    return { budget, spend, finding };
  }
  if (blind !== null) {
    return {
      budget,
      spend,
      finding: { ...base, outcome: 'unknown', reason: `${said} as far as is known, but ${blind}.` },
    };
  }
  const outcome = spend.uncounted > 0 ? 'unknown' : 'ok';
  return { budget, spend, finding: { ...base, outcome, reason: `${said}${caveat(spend)}.` } };
}

const NOTHING: Spend = { known: 0, estimated: 0, total: 0, sessions: 0, atMean: 0, uncounted: 0 };

/** Who spent how much of how much, when, without the full stop. Never shows 100 % before the limit is reached. */
function sentence(facts: Facts, budget: Budget, spend: Spend, window: Window): string {
  const who = budget.agent === undefined ? `The agents of ${plainLine(facts.repo)}` : plainLine(budget.agent);
  const percent = Math.floor((spend.total / budget.usd) * 100 + 1e-9);
  const bound = spend.uncounted > 0 ? 'at least ' : '';
  return `${who} spent ${bound}${formatUsd(spend.total)} of ${formatUsd(budget.usd)} ${spoken(window)} (${percent} %)`;
}

function weightiestAgent({ agents }: Spending): string {
  const [first] = [...agents].sort(([, a], [, b]) => b.total - a.total);
  return first === undefined || first[1].total === 0
    ? ''
    : `, of which ${plainLine(first[0])} ${formatUsd(first[1].total)}`;
}

function caveat(spend: Spend): string {
  const atMean = spend.atMean === 0 ? [] : [`${sessions(spend.atMean)} of unknown cost counted at the agent's mean`];
  const uncounted = spend.uncounted === 0 ? [] : [`${sessions(spend.uncounted)} of unknown cost not counted`];
  const all = [...atMean, ...uncounted];
  return all.length === 0 ? '' : `; ${all.join(', ')}`;
}

function sessions(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`;
}

/** A repository's budget that only one agent has brought this far tells the story of that agent's own budget again. */
function explain({ budget, spend, finding }: Answer, answers: readonly Answer[]): Finding {
  if (finding.outcome !== 'violated' || budget.agent !== undefined) return finding;
  const { severity } = finding;
  const cause = answers
    .filter((other) => other.budget.agent !== undefined && other.budget.period === budget.period)
    .filter((other) => severityOf(other.finding, severity) && below(budget, spend.total - other.spend.total, severity))
    .sort((a, b) => b.spend.total - a.spend.total)[0];
  return cause === undefined ? finding : { ...finding, explainedBy: findingKey(cause.finding) };
}

function severityOf(finding: Finding, floor: Severity): boolean {
  return finding.outcome === 'violated' && reaches(finding.severity, floor);
}

function below(budget: Budget, usd: number, severity: Severity): boolean {
  const stage = stageOf(budget, usd);
  return stage === null || !reaches(stage.severity, severity);
}
