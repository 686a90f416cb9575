import type { Alert } from '../core/alert.ts';
import { matchesGlob } from '../core/glob.ts';
import type { Matchers } from '../core/notice-terms.ts';
import { subjectKey } from '../core/subject.ts';

/** The labels an alert is matched by. Its own labels take precedence over those that every alert has. */
export function labelsOf({
  name,
  subject,
  labels,
  facts,
}: Pick<Alert, 'name' | 'subject' | 'labels' | 'facts'>): Readonly<Record<string, string>> {
  return { name, severity: facts.severity, subject: subjectKey(subject), [subject.kind]: subject.name, ...labels };
}

/** Whether an alert fits all matchers; without any, every alert does. A label it does not have counts as empty text. */
export function fits(match: Matchers, alert: Pick<Alert, 'name' | 'subject' | 'labels' | 'facts'>): boolean {
  const labels = labelsOf(alert);
  return Object.entries(match).every(([label, pattern]) => {
    const value = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
    return pattern.startsWith('!') ? !matchesGlob(pattern.slice(1), value) : matchesGlob(pattern, value);
  });
}
