import type { ExpectedAlert } from '../../config/rules-test-file.ts';
import type { Alert } from '../../core/alert.ts';
import type { Finding } from '../../core/finding.ts';
import { didYouMean } from '../shell/did-you-mean.ts';

/** An alert as a test knows it. */
export type TestedAlert = Pick<Alert, 'name' | 'state' | 'labels'>;

/** An alert that should be there and is not, or the other way round. */
export interface Odd extends TestedAlert {
  /** A sentence, or the values the condition was answered from. */
  readonly why: string;
}

/** How the result of a test differs. An alert that is there in another state is in neither list. */
export interface Difference {
  /** Expected, but did not appear. */
  readonly missing: readonly Odd[];
  /** Appeared, but was not expected. */
  readonly unexpected: readonly Odd[];
}

/** What is known of the last run before a moment. */
export interface LastLook {
  /** Names of all rules. */
  readonly rules: readonly string[];
  /** The findings of the rules; null when there was no run before. */
  readonly findings: readonly Finding[] | null;
}

/** Whether an alert is the one a test means, in any state. */
export function isSameAlert({ name, labels }: TestedAlert, wanted: ExpectedAlert): boolean {
  return name === wanted.name && Object.entries(wanted.labels).every(([key, value]) => labels[key] === value);
}

/** Which of the two lists has what the other lacks, and why. Pure. */
export function differenceOf(
  expected: readonly ExpectedAlert[],
  found: readonly TestedAlert[],
  last: LastLook,
): Difference {
  const left = [...found];
  const missing = expected.filter((wanted) => {
    const exact = left.findIndex((alert) => isSameAlert(alert, wanted) && alert.state === wanted.state);
    const at = exact < 0 ? left.findIndex((alert) => isSameAlert(alert, wanted)) : exact;
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return {
    missing: missing.map((wanted) => ({ ...wanted, why: whyMissing(wanted, last) })),
    unexpected: left.map((alert) => ({ ...alert, why: whyThere(alert, last) })),
  };
}

function whyMissing(wanted: ExpectedAlert, { rules, findings }: LastLook): string {
  if (!rules.includes(wanted.name)) return `No rule is called '${wanted.name}'.${didYouMean(wanted.name, rules)}`;
  if (findings === null) return 'No run came before.';
  const ofRule = findings.filter(({ rule }) => rule === wanted.name);
  const own = ofRule.find((finding) => isAbout(finding, wanted.labels)) ?? null;
  if (own !== null) return own.outcome === 'violated' ? `Its condition holds: ${own.reason}` : own.reason;
  return ofRule.length === 0 ? 'Nothing that it looks at was there.' : 'The rule has no alert with these labels.';
}

function whyThere({ name, labels }: TestedAlert, { findings }: LastLook): string {
  const own = findings?.find((finding) => finding.rule === name && isAbout(finding, labels));
  return own?.reason ?? 'It has stood open since an earlier run.';
}

function isAbout({ labels }: Finding, wanted: TestedAlert['labels']): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
