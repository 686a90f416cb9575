import { type Finding, findingKey } from '../core/finding.ts';
import { compareSeverity } from '../core/outcome.ts';
import { type Budget, stageOf } from './allowance.ts';
import type { Spend } from './spend.ts';

/** The answer about one budget, with what is needed to tell whether another one tells the same story. */
export interface Answer {
  readonly budget: Budget;
  readonly spend: Spend;
  readonly finding: Finding;
}

type Violated = Answer & { readonly finding: Extract<Finding, { outcome: 'violated' }> };

/**
 * The findings, each with the one that tells its story better, if any: of two budgets that the same money has brought over
 * their lines in the same period, the more severe one speaks, then the tighter one. A day never explains a month.
 */
export function explainEachOther(answers: readonly Answer[]): readonly Finding[] {
  const violated = answers.filter(isViolated);
  return answers.map((one) => {
    if (!isViolated(one)) return one.finding;
    const [teller] = violated.filter((other) => isOneStory(one, other) && tellsBetter(other, one) > 0).sort(better);
    return teller === undefined ? one.finding : { ...one.finding, explainedBy: findingKey(teller.finding) };
  });
}

function isViolated(answer: Answer): answer is Violated {
  return answer.finding.outcome === 'violated';
}

function isOneStory(one: Violated, other: Violated): boolean {
  if (one === other || one.budget.period !== other.budget.period) return false;
  if (one.budget.agent === other.budget.agent) return true;
  if (one.budget.agent === undefined) return isCause(other, one);
  return other.budget.agent === undefined && isSoleSpender(one, other);
}

/** Whether the repository would not have come this far without the agent. */
function isCause(agent: Violated, repository: Violated): boolean {
  const without = stageOf(repository.budget, repository.spend.known - agent.spend.known);
  return without === null || compareSeverity(without.severity, repository.finding.severity) < 0;
}

/** Whether there would be nothing to say about the repository without the agent. */
function isSoleSpender(agent: Violated, repository: Violated): boolean {
  return stageOf(repository.budget, repository.spend.known - agent.spend.known) === null;
}

/** Above zero when `a` tells the story better than `b`. A strict order, so that no two explain each other. */
function tellsBetter(a: Violated, b: Violated): number {
  return (
    compareSeverity(a.finding.severity, b.finding.severity) ||
    b.budget.usd - a.budget.usd ||
    Number(a.budget.agent !== undefined) - Number(b.budget.agent !== undefined) ||
    a.spend.known - b.spend.known ||
    (a.budget.name < b.budget.name ? 1 : -1)
  );
}

function better(a: Violated, b: Violated): number {
  return b.spend.known - a.spend.known || tellsBetter(b, a);
}
