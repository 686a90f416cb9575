import type { Agent } from './agent.ts';
import type { CommentMark } from './causal.ts';
import type { Failure } from './failure.ts';
import type { Probe } from './health.ts';
import type { ItemMark } from './item.ts';
import type { JudgedWorkflow } from './judged-workflow.ts';
import type { WorkflowRun } from './run.ts';
import type { Session } from './session.ts';
import type { Duration } from './time.ts';
import type { Violation } from './violation.ts';

/** Why a finished run of an agent left no readable record. Only `skipped` proves that nothing was spent. */
export type AbsenceReason =
  | 'skipped'
  // Only in ledgers of versions that could not read every engine.
  | 'unsupported'
  | 'no_artifact'
  | 'not_found_inside'
  | 'expired'
  | 'too_large'
  | 'unreadable';

/** How far a source has read. Opaque to everybody but the source. */
export type Watermark = string;

/** What agents did and what was read about it. */
export interface WorkEvents {
  'agent.observed': { readonly agent: Agent };
  'agent.gone': { readonly name: string; readonly workflow: string };
  /** All workflow files as they were judged; replaces earlier judgements. `judge` is the version of our criteria. */
  'workflows.judged': { readonly judge: number; readonly files: readonly JudgedWorkflow[] };
  'run.started': { readonly run: WorkflowRun };
  'run.completed': { readonly run: WorkflowRun };
  'session.recorded': { readonly session: Session };
  'session.absent': {
    readonly run: number;
    readonly attempt: number;
    readonly agent: string;
    readonly outcome: Session['outcome'];
    readonly reason: AbsenceReason;
    /** What was found instead, in one short line of our own words. */
    readonly detail: string;
  };
  /** A session, or a run without a record of one, went beyond what its agent may do. */
  'violation.found': { readonly violation: Violation };
  'source.read': { readonly source: string; readonly watermark: Watermark | null; readonly items: number };
  'source.failed': {
    readonly source: string;
    readonly failure: Failure;
    /** How far it got anyway; left out if nothing was read. */
    readonly watermark?: Watermark;
  };
  'watch.ran': {
    readonly trigger: string;
    readonly run: number | null;
    /** How long after its scheduled minute a scheduled run began; null for other triggers. */
    readonly late: Duration | null;
    readonly requests: number;
  };
  /** Whether the services Checkrein relies on answer, and how fast. */
  'health.probed': { readonly probes: readonly Probe[] };
  /** An issue or a pull request of a bot as it was seen; replaces earlier sightings. */
  'item.seen': { readonly item: ItemMark };
  /** A comment by a bot, or by a person in a thread with bots; without its words. */
  'comment.seen': { readonly comment: CommentMark };
}

/** All kinds of these events. */
export const WORK_EVENTS: Readonly<Record<keyof WorkEvents, true>> = {
  'agent.observed': true,
  'agent.gone': true,
  'workflows.judged': true,
  'run.started': true,
  'run.completed': true,
  'session.recorded': true,
  'session.absent': true,
  'violation.found': true,
  'source.read': true,
  'source.failed': true,
  'watch.ran': true,
  'health.probed': true,
  'item.seen': true,
  'comment.seen': true,
};
