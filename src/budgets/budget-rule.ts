import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { formatUsd } from '../core/money.ts';
import { nearest } from '../core/nearest.ts';
import { compareSeverity, type Severity } from '../core/outcome.ts';
import type { Rule } from '../core/rule.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { type Window, windowOf } from '../metrics/period.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { type Budget, stageOf } from './allowance.ts';
import { budgetEvidence, cutOffIn, smoothUsd, spoken, subjectOf } from './budget-evidence.ts';
import { type Answer, explainEachOther } from './one-story.ts';
import { hasSpent, NOTHING_SPENT, type Spend, type Spending, spendingIn } from './spend.ts';

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
    return explainEachOther(budgets.map((budget) => answer(facts, budget, now)));
  },
};

function answer(facts: Facts, budget: Budget, now: Instant): Answer {
  const window = windowOf(budget.period, now);
  const spending = spendingIn(facts, window, now);
  const spend = budget.agent === undefined ? spending.repository : (spending.agents.get(budget.agent) ?? NOTHING_SPENT);
  const base = {
    rule: 'budget',
    subject: subjectOf(budget, facts.repo),
    labels: { budget: budget.name, period: budget.period },
    period: window.label,
    value: smoothUsd(spend.known),
    limit: budget.usd,
    unit: 'usd' as const,
  };
  const severity = severityOf(budget, spend);
  const cutOff = cutOffIn(facts, budget, window);
  const said = sentence(facts, budget, { ...spend, cutOff }, window);
  if (severity !== null) {
    const most = budget.agent === undefined ? weightiestAgent(spending) : '';
    const evidence = budgetEvidence(facts, budget, { spending, spend, window, now });
    const reason = `${said}${most}${caveat(spend)}${cutOffWords(cutOff)}.`;
    return { budget, spend, finding: { ...base, outcome: 'violated', severity, reason, evidence, explainedBy: null } };
  }
  const doubt = doubtAbout(facts, budget, spend, now);
  const finding: Finding =
    doubt === null
      ? { ...base, outcome: 'ok', reason: `${said}${caveat(spend)}${cutOffWords(cutOff)}.` }
      : { ...base, outcome: 'unknown', reason: `${said}${doubt}.` };
  return { budget, spend, finding };
}

/**
 * What is known to be spent decides. A guess about sessions of unknown cost may raise the answer to information, and to a
 * warning where at least half of the money is known.
 */
function severityOf(budget: Budget, spend: Spend): Severity | null {
  const known = stageOf(budget, spend.known)?.severity ?? null;
  const guess = stageOf(budget, spend.total)?.severity ?? null;
  if (guess === null || guess === known) return known;
  const most: Severity = 2 * spend.known >= spend.total ? 'warning' : 'info';
  const capped = compareSeverity(guess, most) > 0 ? most : guess;
  return known !== null && compareSeverity(known, capped) >= 0 ? known : capped;
}

/** Why a spend below every line is no proof that the budget holds, as the end of a sentence; `null` when it is one. */
function doubtAbout(facts: Facts, { agent }: Budget, spend: Spend, now: Instant): string | null {
  const blind = blindness(facts);
  if (blind !== null) return ` as far as is known, but ${blind}`;
  if (agent !== undefined && !agentNames(facts).includes(agent) && !hasSpent(facts, agent, now)) {
    const near = nearest(agent, agentNames(facts));
    return `, but no agent of this name is known${near === null ? '' : `; perhaps ${plainLine(near)} is meant`}`;
  }
  return spend.uncounted > 0 ? caveat(spend) : null;
}

/** Who spent how much of how much, when, without the full stop. Never shows 100 % before the limit is reached. */
function sentence(facts: Facts, budget: Budget, spend: Spend & { readonly cutOff: number }, window: Window): string {
  const who = budget.agent === undefined ? `The agents of ${plainLine(facts.repo)}` : plainLine(budget.agent);
  const percent = Math.floor((spend.known / budget.usd) * 100 + 1e-9);
  const bound = spend.uncounted + spend.guessed + spend.cutOff > 0 ? 'at least ' : '';
  return `${who} spent ${bound}${formatUsd(spend.known)} of ${formatUsd(budget.usd)} ${spoken(window)} (${percent} %)`;
}

function weightiestAgent({ agents }: Spending): string {
  const [first] = [...agents].sort(([, a], [, b]) => b.known - a.known);
  return first === undefined || first[1].known === 0
    ? ''
    : `, of which ${plainLine(first[0])} ${formatUsd(first[1].known)}`;
}

function caveat(spend: Spend): string {
  const estimated =
    spend.guessed === 0
      ? []
      : [`with ${sessions(spend.guessed)} of unknown cost at the usual price it may be ${formatUsd(spend.total)}`];
  const uncounted = spend.uncounted === 0 ? [] : [`${sessions(spend.uncounted)} of unknown cost not counted`];
  const all = [...estimated, ...uncounted];
  return all.length === 0 ? '' : `; ${all.join(', ')}`;
}

function cutOffWords(count: number): string {
  return count === 0 ? '' : `; ${sessions(count)} cut off before the end counted with an estimate`;
}

function sessions(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`;
}
