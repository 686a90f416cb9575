import { type Finding, findingKey } from '../../core/finding.ts';
import { compareSeverity } from '../../core/outcome.ts';

type Violated = Extract<Finding, { outcome: 'violated' }>;

/** Names of rules: those whose findings give way, and the one that reports instead. */
interface Rules {
  readonly anomalies: string;
  readonly burnRates: string;
  readonly budgets: string;
}

const OF_MONEY: ReadonlySet<string> = new Set(['spend', 'tokens', 'sessions']);

/**
 * The findings of all rules, with one alert per problem. An anomaly already reported by another violated finding does not count
 * separately while that one lasts. A spent budget reports the spend, tokens and sessions of the same agent or of the repository. It
 * also reports the rate at which it, or another of their budgets, burns.
 */
export function toldByOthers(findings: readonly Finding[], rules: Rules): readonly Finding[] {
  const { anomalies, burnRates, budgets } = rules;
  const violated = findings.filter((finding): finding is Violated => finding.outcome === 'violated');
  const keys = new Set(violated.map(findingKey));
  const spent = violated.filter(({ rule }) => rule === budgets);
  return findings.map((finding) => {
    if (finding.outcome !== 'violated' || ![anomalies, burnRates].includes(finding.rule)) return finding;
    const { explainedBy, rule } = finding;
    if (rule === anomalies && !isTooMuch(finding) && (explainedBy === null || !keys.has(explainedBy))) return finding;
    const teller = explainedBy !== null && keys.has(explainedBy) ? explainedBy : budgetFor(finding, spent);
    return teller === null ? finding : folded(finding, teller);
  });
}

function budgetFor(finding: Violated, spent: readonly Violated[]): string | null {
  const { subject, severity } = finding;
  const teller = spent.find(
    (budget) =>
      compareSeverity(budget.severity, severity) >= 0 &&
      budget.subject.kind === subject.kind &&
      budget.subject.name === subject.name,
  );
  return teller === undefined ? null : findingKey(teller);
}

/** It opens nothing, but an alert that was opened before the other one stays. */
function folded({ rule, subject, labels, value, limit, unit, reason }: Violated, teller: string): Finding {
  const told = `${reason} The alert ${teller} tells of it.`;
  return { rule, subject, labels, value, limit, unit, reason: told, outcome: 'ok', holds: true };
}

function isTooMuch({ labels, value, limit }: Violated): boolean {
  return OF_MONEY.has(labels['metric'] ?? '') && (value ?? 0) >= (limit ?? 0);
}
