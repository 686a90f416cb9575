import type { Labels } from './label.ts';
import type { Measure } from './measure.ts';
import type { Step } from './series.ts';
import type { Duration, Instant } from './time.ts';

/** The place of something unreadable in the ledger. The bytes stay where they are. */
export interface Quarantined {
  readonly path: string;
  readonly line: number;
  readonly byte: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly reason: string;
}

/** What a compaction removed. */
export interface Compaction {
  /** By step, the moment from which rollups are kept. */
  readonly keptSince: Readonly<Record<Step, Instant>>;
  /** Where the chain begins now; null if nothing was ever cut off. */
  readonly cut: {
    /** The last batch that was cut off, and its hash. */
    readonly batch: number;
    readonly hash: string;
    /** SHA-256 of the record of the cut, which proves what is left of everything before it. */
    readonly record: string;
  } | null;
  /** How long an alert is remembered after it ends, from then on; left out by versions that did not record it. */
  readonly alertsKept?: Duration;
  /** Number of events this compaction removed, not counting the ones it kept. */
  readonly dropped: number;
}

/** What others record, and what happens to the ledger itself. */
export interface LedgerEvents {
  /** What a workflow or a program measured itself, summed up by minute. */
  'metrics.recorded': { readonly measures: readonly Measure[] };
  /** Something that a workflow or a person wants to be remembered. */
  'event.recorded': { readonly type: string; readonly labels: Labels };
  /** Events that waited elsewhere while the ledger was away are in it now. `head` is the hash of the last batch that waited. */
  'ledger.moved': { readonly from: string; readonly head: string; readonly events: number };
  'ledger.quarantined': Quarantined;
  'ledger.compacted': Compaction;
  'ledger.damaged': { readonly batch: number; readonly path: string; readonly reason: string };
}

/** All kinds of these events. */
export const LEDGER_EVENTS: Readonly<Record<keyof LedgerEvents, true>> = {
  'metrics.recorded': true,
  'event.recorded': true,
  'ledger.moved': true,
  'ledger.quarantined': true,
  'ledger.compacted': true,
  'ledger.damaged': true,
};
