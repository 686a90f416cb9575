import { type Finding, findingKey } from '../core/finding.ts';
import { compareSeverity } from '../core/outcome.ts';
import { stageOf } from './allowance.ts';
import { isOfMany, type Standing } from './standing.ts';

/** The answer about one budget, with what is needed to tell whether another one reports the same story. */
export interface Answer {
  readonly standing: Standing;
  readonly finding: Finding;
}

type Violated = Answer & { readonly finding: Extract<Finding, { outcome: 'violated' }> };

/**
 * The findings, each with the one that explains its story better, if any. Of two budgets that the same money has brought over their
 * lines in the same period, the more severe one speaks, then the tighter one. A day never explains a month.
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
  if (one === other || periodOf(one) !== periodOf(other) || one.standing.terms.unit !== other.standing.terms.unit)
    return false;
  if (whoseOf(one) === whoseOf(other)) return true;
  if (isWhole(one)) return isCause(other, one);
  return isWhole(other) && isSoleSpender(one, other);
}

function periodOf({ standing: { terms, span } }: Violated): string {
  return `${JSON.stringify(terms.period)} ${span.label === null ? '' : terms.zone}`;
}

function whoseOf({ standing: { terms } }: Violated): string {
  return JSON.stringify(terms.scope);
}

function isWhole({ standing: { terms } }: Violated): boolean {
  return terms.scope.kind === 'repository' || terms.scope.kind === 'organisation';
}

/** Whether the repository would not have got this far without the part. */
function isCause(part: Violated, whole: Violated): boolean {
  const without = stageOf(whole.standing.terms, whole.standing.spend.known - part.standing.spend.known);
  return without === null || compareSeverity(without.severity, whole.finding.severity) < 0;
}

/** Whether there would be nothing to report about the repository without the part. */
function isSoleSpender(part: Violated, whole: Violated): boolean {
  return stageOf(whole.standing.terms, whole.standing.spend.known - part.standing.spend.known) === null;
}

/** Positive if `a` explains the story better than `b`. A strict order, so that no two explain each other. */
function tellsBetter(a: Violated, b: Violated): number {
  const [one, other] = [a.standing, b.standing];
  return (
    compareSeverity(a.finding.severity, b.finding.severity) ||
    other.terms.limit - one.terms.limit ||
    Number(isNarrow(a)) - Number(isNarrow(b)) ||
    one.spend.known - other.spend.known ||
    (one.terms.name < other.terms.name ? 1 : -1)
  );
}

function isNarrow(answer: Violated): boolean {
  return !isWhole(answer) && !isOfMany(answer.standing.terms.scope);
}

function better(a: Violated, b: Violated): number {
  return b.standing.spend.known - a.standing.spend.known || tellsBetter(b, a);
}
