/** The answer of a rule, a budget or a detector. `unknown` never opens, resolves or resets anything. */
export type Outcome = 'ok' | 'violated' | 'unknown';

/** How much a violated finding matters. `info` is shown and recorded; from `warning` on, an issue is opened. */
export type Severity = 'info' | 'warning' | 'critical';

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Negative, zero or positive if `a` matters less than, as much as or more than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[a] - RANK[b];
}

/** True if `severity` reaches `floor`. */
export function reaches(severity: Severity, floor: Severity): boolean {
  return compareSeverity(severity, floor) >= 0;
}

/** How well a number is known. Zero needs proof: a missing value is `unknown`, never an exact 0. */
export type Certainty = 'exact' | 'lower_bound' | 'estimate' | 'partial' | 'unknown';
