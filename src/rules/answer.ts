import { type Evidence, type Finding, NO_EVIDENCE } from '../core/finding.ts';
import type { Severity } from '../core/outcome.ts';

/** What a rule says of a subject, whatever the answer is. */
export type Said = Pick<Finding, 'rule' | 'subject' | 'value' | 'limit' | 'unit' | 'reason'> & {
  readonly labels?: Finding['labels'];
};

/** Nothing is wrong; `holds` when it is too close to the line to end an alert. */
export function fine({ labels = {}, ...said }: Said, holds = false): Finding {
  return { ...said, labels, outcome: 'ok', ...(holds ? { holds: true as const } : {}) };
}

/** Too little is known to say; the reason says what. */
export function unsure({ labels = {}, ...said }: Said): Finding {
  return { ...said, labels, outcome: 'unknown' };
}

/** Something is wrong. `explainedBy` names the finding that tells the same story from nearer by. */
export function wrong(
  { labels = {}, ...said }: Said,
  severity: Severity,
  evidence: Partial<Evidence>,
  explainedBy: string | null = null,
): Finding {
  return { ...said, labels, outcome: 'violated', severity, explainedBy, evidence: { ...NO_EVIDENCE, ...evidence } };
}
