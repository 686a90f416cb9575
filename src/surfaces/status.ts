import type { Alert } from '../core/alert.ts';
import type { Finding } from '../core/finding.ts';
import { reaches } from '../core/outcome.ts';

/** The one-word result of a run, in the output `status`. */
export type Status = 'healthy' | 'degraded' | 'critical' | 'stopped' | 'unknown';

/**
 * The state of the fleet: `stopped` while a stop is in force, else as bad as the worst active alert, `unknown` when no rule
 * could answer or a source could not be read. Healthy requires readable sources and at least one rule that looked and found
 * all well.
 */
export function statusOf(findings: readonly Finding[], alerts: readonly Alert[], halted = false): Status {
  if (halted) return 'stopped';
  const active = alerts.filter((alert) => alert.state === 'active').map((alert) => alert.facts.severity);
  if (active.some((severity) => reaches(severity, 'critical'))) return 'critical';
  if (active.some((severity) => reaches(severity, 'warning'))) return 'degraded';
  const blind = findings.some(({ subject, outcome }) => subject.kind === 'source' && outcome === 'violated');
  return !blind && findings.some(({ outcome }) => outcome !== 'unknown') ? 'healthy' : 'unknown';
}
