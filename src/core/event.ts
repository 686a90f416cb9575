import type { Agent } from './agent.ts';
import type { Acknowledgement, AlertChange, CalmEnd, FalsePositive, Silence } from './alert.ts';
import type { Anomaly } from './anomaly.ts';
import type { Amounts, Forecast, Lease, LeaseEnd, Raise } from './budget.ts';
import type { CommandClaim, CommandRecord } from './command-record.ts';
import type { Failure } from './failure.ts';
import type { CountedReceipt, Halt, HeldWorkflow, ReceiptSignature, Resumption, UnloggedStop } from './halt.ts';
import type { Probe } from './health.ts';
import type { ItemMark } from './item.ts';
import type { JudgedWorkflow } from './judged-workflow.ts';
import type { Labels } from './label.ts';
import type { Measure } from './measure.ts';
import type { Notice, ReceiverData } from './notice.ts';
import type { EscalationBegin, EscalationStep, NoticeEnd, RemedyRecord } from './notice-record.ts';
import type { Claim, Receipt } from './response.ts';
import type { WorkflowRun } from './run.ts';
import type { Step } from './series.ts';
import type { Session } from './session.ts';
import type { Subject } from './subject.ts';
import type { Duration, Instant } from './time.ts';
import type { Violation } from './violation.ts';

/** Why a finished run of an agent left no readable account. `skipped` alone proves that nothing was spent. */
export type AbsenceReason =
  | 'skipped'
  // Only in ledgers of versions that did not read every engine.
  | 'unsupported'
  | 'no_artifact'
  | 'not_found_inside'
  | 'expired'
  | 'too_large'
  | 'unreadable';

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

/** What a drill measured; null where it did not come that far. */
export interface DrillRecord {
  readonly mode: 'live' | 'dry';
  readonly ok: boolean;
  readonly timeToDetect: Duration | null;
  readonly timeToStop: Duration | null;
  readonly timeToRecover: Duration | null;
  /** One line of ours: what failed, or what was shown. */
  readonly detail: string;
}

/** What a compaction took away. */
export interface Compaction {
  /** By step, the moment from which on rollups are kept. */
  readonly keptSince: Readonly<Record<Step, Instant>>;
  /** Where the chain begins now; null while nothing was ever cut off. */
  readonly cut: {
    /** The last batch that was cut off, and its hash. */
    readonly batch: number;
    readonly hash: string;
    /** SHA-256 of the record of the cut, which proves all that is left of what lies before. */
    readonly record: string;
  } | null;
  /** How long an alert is remembered after its end, from then on; left out by versions that did not say. */
  readonly alertsKept?: Duration;
  /** Events that this compaction took away; the kept ones are not among them. */
  readonly dropped: number;
}

interface EventPayloads {
  'agent.observed': { readonly agent: Agent };
  'agent.gone': { readonly name: string; readonly workflow: string };
  /** All workflow files as they were judged; replaces what was judged before. `judge` counts the changes of our criteria. */
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
    /** What was found instead, one short line; our words only. */
    readonly detail: string;
  };
  /** A session, or a run without a record of one, went beyond what its agent may do. */
  'violation.found': { readonly violation: Violation };
  'source.read': { readonly source: string; readonly watermark: Watermark | null; readonly items: number };
  'source.failed': {
    readonly source: string;
    readonly failure: Failure;
    /** How far it came all the same; left out when nothing was read. */
    readonly watermark?: Watermark;
  };
  'alert.changed': { readonly change: AlertChange };
  'alert.acknowledged': {
    readonly fingerprint: string;
    readonly episode: number;
    readonly acknowledgement: Acknowledgement;
  };
  'alert.unacknowledged': {
    readonly fingerprint: string;
    readonly episode: number;
    readonly because: CalmEnd;
  };
  /** Replaces an earlier silence of the same alert. */
  'silence.set': { readonly silence: Silence };
  'silence.ended': {
    readonly fingerprint: string;
    /** When the silence that is meant was set: a later one goes on. */
    readonly setAt: Instant;
    readonly because: CalmEnd;
  };
  /** A message that is to be sent; written down together with what it tells of. */
  'notice.planned': { readonly notice: Notice };
  /** A process is about to send these; `at` is the clock on the wall. */
  'notice.taken': { readonly keys: readonly string[]; readonly by: string; readonly at: Instant };
  'notice.sent': { readonly key: string; readonly receiver: ReceiverData };
  'notice.failed': {
    readonly key: string;
    readonly error: string;
    /** It may have arrived all the same. */
    readonly unsure: boolean;
    /** Not to be tried again before. */
    readonly notBefore: Instant;
  };
  /** It is not tried any more. */
  'notice.dead': NoticeEnd;
  /** An alert that a channel was not told of, because there were too many about its subject in the hour. */
  'notice.held': {
    readonly channel: string;
    readonly fingerprint: string;
    readonly episode: number;
    /** What the limit counts by: a server, or the subject of the alert. */
    readonly about: string;
  };
  /** The escalation of an episode begins, with the policy as it is then, or goes on. */
  'alert.escalated': EscalationBegin | EscalationStep;
  /** What an alert asked to be done by itself and what became of that. */
  'remedy.decided': { readonly remedy: RemedyRecord };
  'response.claimed': { readonly claim: Claim };
  'response.applied': { readonly receipt: Receipt };
  'watch.ran': {
    readonly trigger: string;
    readonly run: number | null;
    /** How long after its scheduled minute a scheduled run began; null for other triggers. */
    readonly late: Duration | null;
    readonly requests: number;
  };
  /** Written before anything is switched off, so that a stop that dies is known with all that it was about to do. */
  'halt.declared': {
    readonly halt: Halt;
    readonly workflows: readonly HeldWorkflow[];
    /** Stops that no ledger could take in before and that this one takes over; absent where there were none. */
    readonly unlogged?: readonly UnloggedStop[];
    /** The number of the stop that this one is, but for agents that have appeared since; absent for a stop of its own. */
    readonly joins?: number;
  };
  /** Signed where there was a key; `ledger verify` proves it. */
  'halt.receipt': { readonly receipt: CountedReceipt; readonly signature?: ReceiptSignature };
  'halt.resumed': { readonly resumption: Resumption };
  /** A stop that a rule asked for and shadow mode did not carry out. */
  'halt.would_have': { readonly rule: string; readonly fingerprint: string; readonly agents: readonly string[] };
  'command.taken': { readonly claim: CommandClaim };
  'command.answered': { readonly command: CommandRecord };
  'drill.ran': { readonly drill: DrillRecord };
  /** Whether what Checkrein rests on answers, and how fast. */
  'health.probed': { readonly probes: readonly Probe[] };
  /** A lead allowed a budget more for a while. */
  'budget.raised': { readonly raise: Raise };
  /** Allowance was reserved before a session began. */
  'lease.taken': { readonly lease: Lease };
  /** The work is over, and this is what it used, as far as that is known. */
  'lease.settled': { readonly lease: string; readonly spent: Amounts };
  /** Nobody settled it: it holds nothing any more. */
  'lease.expired': { readonly lease: string; readonly because: LeaseEnd };
  /** What a day's forecast of a budget was, so that it can be held against what came. */
  'forecast.made': { readonly forecast: Forecast };
  /** What came of a forecast, once its day or week was over. */
  'forecast.scored': {
    readonly budget: string;
    readonly day: string;
    readonly ahead: 'day' | 'week';
    readonly came: number;
  };
  /** What a workflow or a program measured itself, summed up by minute. */
  'metrics.recorded': { readonly measures: readonly Measure[] };
  /** What a detector found when its alert became active: once for each episode. */
  'anomaly.found': {
    readonly rule: string;
    readonly fingerprint: string;
    readonly episode: number;
    readonly anomaly: Anomaly;
  };
  /** An issue or a pull request of a bot as it was seen; replaces what was seen of it before. */
  'item.seen': { readonly item: ItemMark };
  /** A person says that an alert was wrong: its rule asks for more on that subject for a while. Replaces an earlier mark. */
  'alert.marked': { readonly mark: FalsePositive };
  'alert.unmarked': {
    readonly fingerprint: string;
    /** When the mark that is meant was set: a later one goes on. */
    readonly setAt: Instant;
    readonly because: CalmEnd;
  };
  /** Something that a workflow or a person wants remembered. */
  'event.recorded': { readonly type: string; readonly labels: Labels };
  /** What had waited elsewhere while the ledger was away is in it now; `head` is the hash of the last batch that waited. */
  'ledger.moved': { readonly from: string; readonly head: string; readonly events: number };
  'ledger.quarantined': Quarantined;
  'ledger.compacted': Compaction;
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
  'workflows.judged',
  'run.started',
  'run.completed',
  'session.recorded',
  'session.absent',
  'violation.found',
  'source.read',
  'source.failed',
  'alert.changed',
  'alert.acknowledged',
  'alert.unacknowledged',
  'silence.set',
  'silence.ended',
  'notice.planned',
  'notice.taken',
  'notice.sent',
  'notice.failed',
  'notice.dead',
  'notice.held',
  'alert.escalated',
  'remedy.decided',
  'response.claimed',
  'response.applied',
  'watch.ran',
  'halt.declared',
  'halt.receipt',
  'halt.resumed',
  'halt.would_have',
  'command.taken',
  'command.answered',
  'drill.ran',
  'health.probed',
  'budget.raised',
  'lease.taken',
  'lease.settled',
  'lease.expired',
  'forecast.made',
  'forecast.scored',
  'metrics.recorded',
  'event.recorded',
  'anomaly.found',
  'item.seen',
  'alert.marked',
  'alert.unmarked',
  'ledger.moved',
  'ledger.compacted',
  'ledger.quarantined',
  'ledger.damaged',
];
