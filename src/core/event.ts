import type { Agent } from './agent.ts';
import type { AlertChange } from './alert.ts';
import type { Failure } from './failure.ts';
import type { Claim, Receipt } from './response.ts';
import type { WorkflowRun } from './run.ts';
import type { Session } from './session.ts';
import type { Subject } from './subject.ts';
import type { Duration, Instant } from './time.ts';

/** Why a finished run of an agent left no readable account. `skipped` alone proves that nothing was spent. */
export type AbsenceReason = 'skipped' | 'no_artifact' | 'not_found_inside' | 'expired' | 'too_large' | 'unreadable';

/** How far a source has read. Opaque to everybody but the source. */
export type Watermark = string;

/** Where the ledger held something that could not be read. The bytes stay where they are. */
export interface Quarantined {
  readonly path: string;
  readonly line: number;
  readonly byte: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly reason: string;
}

interface EventPayloads {
  'agent.observed': { readonly agent: Agent };
  'agent.gone': { readonly name: string; readonly workflow: string };
  'run.started': { readonly run: WorkflowRun };
  'run.completed': { readonly run: WorkflowRun };
  'session.recorded': { readonly session: Session };
  'session.absent': {
    readonly run: number;
    readonly attempt: number;
    readonly agent: string;
    readonly outcome: Session['outcome'];
    readonly reason: AbsenceReason;
    /** What was found instead, one short line; our words only. */
    readonly detail: string;
  };
  'source.read': { readonly source: string; readonly watermark: Watermark | null; readonly items: number };
  'source.failed': { readonly source: string; readonly failure: Failure };
  'alert.changed': { readonly change: AlertChange };
  'response.claimed': { readonly claim: Claim };
  'response.applied': { readonly receipt: Receipt };
  'watch.ran': {
    readonly trigger: string;
    readonly run: number | null;
    /** How long after its scheduled minute a scheduled run began; null for other triggers. */
    readonly late: Duration | null;
    readonly requests: number;
  };
  'ledger.quarantined': Quarantined;
  'ledger.damaged': { readonly batch: number; readonly path: string; readonly reason: string };
}

export type EventKind = keyof EventPayloads;

/**
 * Something that happened or was done. Append-only.
 * `id` is deterministic (`run:8123:1`), so that collecting twice adds nothing; equal ids have equal `at`.
 */
export type LedgerEvent = {
  [K in EventKind]: {
    readonly v: 1;
    readonly id: string;
    readonly kind: K;
    /** When it happened. */
    readonly at: Instant;
    /** When we learned it. */
    readonly seen: Instant;
    readonly repo: string;
    readonly subject: Subject;
    readonly data: EventPayloads[K];
  };
}[EventKind];

/** The event of one kind. */
export type EventOf<K extends EventKind> = Extract<LedgerEvent, { readonly kind: K }>;

/** A list of all kinds, for readers that must tell a known kind from an unknown one. */
export const EVENT_KINDS: readonly EventKind[] = [
  'agent.observed',
  'agent.gone',
  'run.started',
  'run.completed',
  'session.recorded',
  'session.absent',
  'source.read',
  'source.failed',
  'alert.changed',
  'response.claimed',
  'response.applied',
  'watch.ran',
  'ledger.quarantined',
  'ledger.damaged',
];
