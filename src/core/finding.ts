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

/** A small picture: the values of the series, oldest first, and the line they must not cross. */
export interface ChartEvidence {
  readonly title: string;
  readonly unit: Unit;
  readonly labels: readonly string[];
  readonly values: readonly (number | null)[];
  readonly limit: number | null;
}

/** What led to what, as a small picture: boxes and arrows, in the order in which they happened. */
export interface GraphEvidence {
  readonly title: string;
  /** `label` may bear names from outside. */
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
  /** Left out where there is none. */
  readonly graph?: GraphEvidence;
}

export const NO_EVIDENCE: Evidence = { facts: [], runs: [], moreRuns: 0, chart: null };

interface FindingBase {
  readonly rule: string;
  readonly subject: Subject;
  /** What tells instances of one rule apart beside the subject: `{ budget: 'repo-day' }`. Part of the identity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
  /** The line that the value is held against. */
  readonly limit: number | null;
  readonly unit: Unit;
  /** The UTC day or month that the answer is of (`2026-11-21`, `2026-11`); left out where it is of no period. */
  readonly period?: string;
  /** One sentence for people: why the answer is what it is. */
  readonly reason: string;
}

/** What nobody has seen while it lasted, by the records of what happened. */
export interface Missed {
  readonly since: Instant;
  readonly until: Instant;
  readonly severity: Severity;
  readonly value: number | null;
  readonly limit: number | null;
  /** One sentence for people, as of the last moment at which it held. */
  readonly reason: string;
  readonly evidence: Evidence;
}

/** A judge's answer about a subject. */
export type Finding = FindingBase &
  (
    | {
        readonly outcome: 'ok';
        /** True when it is well enough to open nothing, yet too close to the line to end an alert that is active. */
        readonly holds?: true;
        /** That it was violated since the look before this one, and is over already; left out where it was not. */
        readonly missed?: Missed;
      }
    | { readonly outcome: 'unknown' }
    | {
        readonly outcome: 'violated';
        readonly severity: Severity;
        readonly evidence: Evidence;
        /** The finding that already tells this story, as `rule/subjectKey/label=value`; see `findingKey`. */
        readonly explainedBy: string | null;
        /** What a detector found, where one did; kept as an event of its own. */
        readonly anomaly?: Anomaly;
        /** Since when the records say that the condition holds without a gap; null or left out where they do not tell. */
        readonly trueSince?: Instant | null;
      }
  );

/** Tells findings apart: equal keys in one evaluation mean a faulty rule. */
export function findingKey(finding: Pick<Finding, 'rule' | 'subject' | 'labels'>): string {
  const labels = Object.entries(finding.labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return [finding.rule, `${finding.subject.kind}:${finding.subject.name}`, ...labels].join('/');
}
