import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { nearest } from '../core/nearest.ts';
import { compareSeverity, type Severity } from '../core/outcome.ts';
import type { Rule } from '../core/rule.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { knownLimit, stageOf, type Terms } from './allowance.ts';
import type { Budget } from './budget.ts';
import { budgetEvidence } from './budget-evidence.ts';
import { budgetsSchema } from './budget-schema.ts';
import { budgetSentence, caveat, othersWords, PULLS_UNKNOWN, unplacedWords, weightiestAgent } from './budget-words.ts';
import { periodWord } from './calendar.ts';
import { type Answer, explainEachOther } from './one-story.ts';
import { openPulls } from './open-pulls.ts';
import { doubtAboutOthers } from './others.ts';
import { PACE_UNKNOWN } from './review-capacity.ts';
import { hasSpent, spendingIn } from './spend.ts';
import { findingUnit, inFindings, type Standing, standingOf, subjectOf } from './standing.ts';

export interface BudgetOptions {
  readonly enabled: boolean;
  readonly budgets: readonly Budget[];
}

const options: z.ZodObject = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether budgets are watched at all.'),
  budgets: budgetsSchema,
});

/** Compares what was spent with the budgets. */
export const budgetRule: Rule<BudgetOptions, z.ZodObject> = {
  name: 'budget',
  title: 'A budget runs out',
  question:
    'Does an agent, a workflow, a person, a chain of runs or all of them together use more in a period than they may?',
  remedy: [
    'Open the most expensive runs and see whether their work is worth the money.',
    'Lower what one session may use: `--max-turns` of the agent, `timeout-minutes` of its job, a smaller model.',
    'Let the agent start less often, or disable its workflow until the period is over.',
    'If the spend is intended, let a lead allow more for a while with the command `raise`, or raise the budget in `.github/checkrein.yml`.',
  ],
  options,
  judge(facts: Facts, { enabled, budgets }: BudgetOptions, now: Instant): readonly Finding[] {
    if (!enabled) return [];
    return explainEachOther(budgets.map((budget) => answer(facts, standingOf(facts, budget, now), now)));
  },
};

function answer(facts: Facts, standing: Standing, now: Instant): Answer {
  const { terms, span, spend } = standing;
  const { unit, scope, limit } = terms;
  const isOfPulls = unit === 'open_pull_requests';
  const base = {
    rule: 'budget',
    subject: subjectOf(terms, facts.repo),
    labels: { budget: terms.name, period: periodWord(terms.period) },
    // What is open now belongs to no period.
    ...(span.label === null || isOfPulls ? {} : { period: span.label }),
    value: isOfPulls && openPulls(facts) === null ? null : inFindings(spend.known, unit),
    limit: knownLimit(terms) === null ? null : inFindings(limit, unit),
    unit: findingUnit(unit),
  };
  const untold = untoldOf(facts, terms);
  if (untold !== null)
    return { standing, finding: { ...base, outcome: 'unknown', reason: `Of the budget ${terms.name}: ${untold}.` } };
  const severity = severityOf(standing);
  const said = budgetSentence(standing, facts.repo);
  if (severity !== null) {
    const most =
      scope.kind === 'repository' && unit === 'usd' ? weightiestAgent(spendingIn(facts, span, now), terms) : '';
    const evidence = budgetEvidence(facts, standing, now);
    const reason = `${said}${most}${caveat(spend, terms)}${othersWords(standing)}.`;
    return { standing, finding: { ...base, outcome: 'violated', severity, reason, evidence, explainedBy: null } };
  }
  const doubt = doubtAbout(facts, standing, now);
  const finding: Finding =
    doubt === null
      ? { ...base, outcome: 'ok', reason: `${said}${caveat(spend, terms)}.` }
      : { ...base, outcome: 'unknown', reason: `${said}${doubt}.` };
  return { standing, finding };
}

/** Why it is not known how many pull requests are open, or how many may be; null if both are known. */
function untoldOf(facts: Facts, terms: Terms): string | null {
  if (terms.unit !== 'open_pull_requests') return null;
  if (openPulls(facts) === null) return PULLS_UNKNOWN;
  return knownLimit(terms) === null ? PACE_UNKNOWN : null;
}

/**
 * What is known to be spent decides. A guess about sessions of unknown cost may raise the answer to information, and to a warning
 * if at least half of the amount is known.
 */
function severityOf({ terms, spend }: Standing): Severity | null {
  const known = stageOf(terms, spend.known)?.severity ?? null;
  const guess = stageOf(terms, spend.total)?.severity ?? null;
  if (guess === null || guess === known) return known;
  const most: Severity = 2 * spend.known >= spend.total ? 'warning' : 'info';
  const capped = compareSeverity(guess, most) > 0 ? most : guess;
  return known !== null && compareSeverity(known, capped) >= 0 ? known : capped;
}

/** Why spend below every line does not prove that the budget holds, as the end of a sentence; `null` if it does. */
function doubtAbout(facts: Facts, { terms, spend }: Standing, now: Instant): string | null {
  const { scope } = terms;
  const blind = blindness(facts);
  if (blind !== null) return ` as far as is known, but ${blind}`;
  const unheard = scope.kind === 'organisation' ? doubtAboutOthers(spend) : null;
  if (unheard !== null) return `, but ${unheard}`;
  if (scope.kind === 'agent' && scope.name !== '*' && isStranger(facts, scope.name, now)) {
    const near = nearest(scope.name, agentNames(facts));
    return `, but no agent of this name is known${near === null ? '' : `; perhaps ${plainLine(near)} is meant`}`;
  }
  if (spend.unplaced > 0) return `; of ${unplacedWords(spend.unplaced, terms)}`;
  return spend.uncounted > 0 ? caveat(spend, terms) : null;
}

function isStranger(facts: Facts, agent: string, now: Instant): boolean {
  return !agentNames(facts).includes(agent) && !hasSpent(facts, agent, now);
}
