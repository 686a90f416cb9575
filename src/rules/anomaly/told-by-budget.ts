import { type Finding, findingKey } from '../../core/finding.ts';
import { compareSeverity } from '../../core/outcome.ts';

type Violated = Extract<Finding, { outcome: 'violated' }>;

const OF_MONEY: ReadonlySet<string> = new Set(['spend', 'tokens', 'sessions']);

/**
 * The findings of all rules with one story for one trouble: where a budget tells that too much is spent, an anomaly of the same agent, or of the
 * repository for one of all agents, need not tell it again.
 * @param anomalies the name of the rule whose findings give way
 * @param budgets the name of the rule that tells instead
 */
export function toldByBudgets(findings: readonly Finding[], anomalies: string, budgets: string): readonly Finding[] {
  const violated = findings.filter((finding): finding is Violated => finding.outcome === 'violated');
  const keys = new Set(violated.map(findingKey));
  const spent = violated.filter(({ rule }) => rule === budgets);
  return findings.map((finding) => {
    if (finding.outcome !== 'violated' || finding.rule !== anomalies || !isTooMuch(finding)) return finding;
    if (finding.explainedBy !== null && keys.has(finding.explainedBy)) return finding;
    const teller = spent.find(
      ({ subject, severity }) =>
        compareSeverity(severity, finding.severity) >= 0 &&
        subject.kind === finding.subject.kind &&
        subject.name === finding.subject.name,
    );
    return teller === undefined ? finding : { ...finding, explainedBy: findingKey(teller) };
  });
}

function isTooMuch({ labels, value, limit }: Violated): boolean {
  return OF_MONEY.has(labels['metric'] ?? '') && (value ?? 0) >= (limit ?? 0);
}
