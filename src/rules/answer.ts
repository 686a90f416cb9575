import { type Evidence, type Finding, NO_EVIDENCE } from '../core/finding.ts';
import type { Severity } from '../core/outcome.ts';

/** What a rule says about a subject, whatever the answer is. */
export type Said = Pick<Finding, 'rule' | 'subject' | 'value' | 'limit' | 'unit' | 'reason'> & {
  readonly labels?: Finding['labels'];
};

/** Nothing is wrong; `holds` if it is too close to the line to end an alert. */
export function fine({ labels = {}, ...said }: Said, holds = false): Finding {
  return { ...said, labels, outcome: 'ok', ...(holds ? { holds: true as const } : {}) };
}

/** Too little is known to say; the reason says what is missing. */
export function unsure({ labels = {}, ...said }: Said): Finding {
  return { ...said, labels, outcome: 'unknown' };
}

/** Something is wrong. `explainedBy` names the finding that reports the same story closer to its cause. */
export function wrong(
  { labels = {}, ...said }: Said,
  severity: Severity,
  evidence: Partial<Evidence>,
  explainedBy: string | null = null,
): Finding {
  return { ...said, labels, outcome: 'violated', severity, explainedBy, evidence: { ...NO_EVIDENCE, ...evidence } };
}
