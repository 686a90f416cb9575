import { canonicalJson } from '../core/canonical.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import { sha256 } from '../core/hash.ts';
import { subjectKey } from '../core/subject.ts';

/**
 * A permanent name for an alert: 16 hex digits of the repository, the rule, the subject and the labels. It includes neither the
 * wording nor the severity nor the limit, so that a changed setting does not make a new alert.
 */
export function fingerprint(repo: string, finding: Pick<Finding, 'rule' | 'subject' | 'labels'>): string {
  return sha256(canonicalJson([repo, finding.rule, subjectKey(finding.subject), finding.labels])).slice(0, 16);
}

/**
 * The findings with one answer per key. Two answers under one key are a bug in their rule: it is not known which of them holds, so
 * neither may open or end anything.
 */
export function oneAnswerEach(findings: readonly Finding[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const key = findingKey(finding);
    byKey.set(key, byKey.has(key) ? contradiction(finding) : finding);
  }
  return [...byKey.values()];
}

function contradiction({ rule, subject, labels, unit }: Finding): Finding {
  const reason = `The rule ${rule} gave more than one answer about ${subjectKey(subject)}: this is a fault in the rule.`;
  return { rule, subject, labels, value: null, limit: null, unit, outcome: 'unknown', reason };
}
