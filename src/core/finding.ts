import type { Anomaly } from './anomaly.ts';
import type { Severity } from './outcome.ts';
import type { Subject } from './subject.ts';
import type { Instant } from './time.ts';
import type { Unit } from './unit.ts';

/** A run that a finding rests on. `note` is ours, never an agent's text. */
export interface RunEvidence {
  readonly run: number;
  readonly attempt: number;
  readonly agent: string;
  readonly at: Instant;
  readonly url: string;
  readonly usd: number | null;
  readonly note: string;
}

/** A measured quantity that a finding rests on, for a table: `nightly-fixer today`, 96.2 usd. */
export interface FactEvidence {
  readonly label: string;
  readonly value: number | null;
  readonly unit: Unit;
}

/** A small chart: the values of the series, oldest first, and the line they must not cross. */
export interface ChartEvidence {
  readonly title: string;
  readonly unit: Unit;
  readonly labels: readonly string[];
  readonly values: readonly (number | null)[];
  readonly limit: number | null;
}

/** What led to what as a small graph: boxes and arrows in chronological order. */
export interface GraphEvidence {
  readonly title: string;
  /** `label` may contain names from outside. */
  readonly nodes: readonly { readonly key: string; readonly kind: 'run' | 'deed'; readonly label: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly isSure: boolean }[];
  /** How many boxes were left out. */
  readonly left: number;
}

export interface Evidence {
  readonly facts: readonly FactEvidence[];
  /** The weightiest runs first, at most 20; `moreRuns` counts those left out. */
  readonly runs: readonly RunEvidence[];
  readonly moreRuns: number;
  readonly chart: ChartEvidence | null;
  /** Left out if there is none. */
  readonly graph?: GraphEvidence;
}

export const NO_EVIDENCE: Evidence = { facts: [], runs: [], moreRuns: 0, chart: null };

interface FindingBase {
  readonly rule: string;
  readonly subject: Subject;
  /** What tells instances of one rule apart in addition to the subject: `{ budget: 'repo-day' }`. Part of the identity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
  /** The line that the value is compared with. */
  readonly limit: number | null;
  readonly unit: Unit;
  /** The UTC day or month the answer is about (`2026-11-21`, `2026-11`); left out if it has no period. */
  readonly period?: string;
  /** One sentence for people: the reason for the answer. */
  readonly reason: string;
}

/** A violation that, according to the records, came and went before anybody looked. */
export interface Missed {
  readonly since: Instant;
  readonly until: Instant;
  readonly severity: Severity;
  readonly value: number | null;
  readonly limit: number | null;
  /** One sentence for people, as of the last moment it held. */
  readonly reason: string;
  readonly evidence: Evidence;
}

/** A judge's answer about a subject. */
export type Finding = FindingBase &
  (
    | {
        readonly outcome: 'ok';
        /** True if it is good enough not to open an alert, yet too close to the line to end one that is active. */
        readonly holds?: true;
        /** Set if it was violated after the previous look and is over already. */
        readonly missed?: Missed;
      }
    | { readonly outcome: 'unknown' }
    | {
        readonly outcome: 'violated';
        readonly severity: Severity;
        readonly evidence: Evidence;
        /** The finding that already reports this story, as `rule/subjectKey/label=value`; see `findingKey`. */
        readonly explainedBy: string | null;
        /** What a detector found, if one did. Kept as a separate event. */
        readonly anomaly?: Anomaly;
        /** Since when the condition has held without a gap, according to the records; null or left out if they do not say. */
        readonly trueSince?: Instant | null;
      }
  );

/** Tells findings apart. Equal keys in one evaluation mean a faulty rule. */
export function findingKey(finding: Pick<Finding, 'rule' | 'subject' | 'labels'>): string {
  const labels = Object.entries(finding.labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return [finding.rule, `${finding.subject.kind}:${finding.subject.name}`, ...labels].join('/');
}
