import type { Actor, RunConclusion, RunStatus } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** Whom a stop applies to: every agent of the repository, or those named. */
export type HaltScope = { readonly kind: 'all' } | { readonly kind: 'agents'; readonly names: readonly string[] };

/** Who wanted something done. A person is identified by what the API says, never by a name in a text. */
export type Initiator =
  | { readonly kind: 'person'; readonly actor: Actor }
  | { readonly kind: 'rule'; readonly rule: string; readonly fingerprint: string }
  /** The holder of the token of a command line or a dispatched workflow; `login` as far as known. */
  | { readonly kind: 'operator'; readonly login: string | null };

/** What was decided: whom a stop applies to, who decided it, why and when. */
export interface HaltTerms {
  readonly scope: HaltScope;
  readonly by: Initiator;
  /** Our words or those of an authorised person; inert wherever it is shown. */
  readonly reason: string;
  readonly at: Instant;
}

/** The emergency stop as the ledger counts it. */
export interface Halt extends HaltTerms {
  /** Increases with every stop. Commands, receipts and resumes use it to say which stop they refer to. */
  readonly generation: number;
  /**
   * Fingerprints of the alerts whose rules asked for what this stop holds: its own and those of the stops it replaced. Absent if
   * `by` says it all.
   */
  readonly causes?: readonly string[];
}

/** A stop being carried out. `generation` is null until a ledger has recorded it, because nobody has counted it yet. */
export interface CarriedHalt extends HaltTerms {
  readonly generation: number | null;
}

export type WorkflowState =
  | 'active'
  | 'deleted'
  | 'disabled_fork'
  | 'disabled_inactivity'
  | 'disabled_manually'
  | 'unknown';

/**
 * A workflow that a stop holds, with its state before the stop. We only switch off, and later on again, those that were `active`.
 */
export interface HeldWorkflow {
  readonly path: string;
  readonly id: number;
  readonly before: WorkflowState;
}

/** What became of a workflow in a stop. */
export interface WorkflowReceipt extends HeldWorkflow {
  /** As shown by the last list. */
  readonly after: WorkflowState;
  /** When disabling it was last requested; null if it was not active. */
  readonly at: Instant | null;
}

/** One request to end a run. */
export interface EndRequest {
  readonly act: 'cancel' | 'force-cancel';
  readonly at: Instant;
  readonly answer: 'accepted' | 'refused' | 'failed';
}

/** What became of a run that was still going when the stop saw it. */
export interface RunReceipt {
  readonly id: number;
  readonly attempt: number;
  readonly workflow: string;
  readonly before: RunStatus;
  readonly requests: readonly EndRequest[];
  readonly after: RunStatus;
  readonly conclusion: RunConclusion | null;
  /** When it was seen to have ended; null until then. */
  readonly at: Instant | null;
}

/** What became of an open pull request of a stopped agent. */
export interface PullReceipt {
  readonly number: number;
  readonly head: string;
  readonly autoMerge: 'was_off' | 'switched_off' | 'failed' | 'unknown';
  readonly queue: 'was_out' | 'taken_out' | 'failed' | 'unknown';
  readonly status: 'posted' | 'failed';
}

/** What became of an optional lever: something the configuration names that a stop pulls in addition to GitHub's own switches. */
export interface LeverReceipt {
  readonly kind: 'variable' | 'webhook';
  /** When it was last asked. */
  readonly at: Instant;
  /** `failed` may go away by itself; `refused` does not. */
  readonly answer: EndRequest['answer'];
}

/** Something the stop could not do, and what a person can do about it. */
export interface Residue {
  readonly what: 'workflow' | 'run' | 'pull' | 'lever' | 'ledger' | 'list';
  /** The path of the workflow, the id of the run, the number of the pull request, the kind of the lever. */
  readonly id: string;
  readonly why: string;
  readonly remedy: string;
}

/** The proof of a stop: who, why, when, and for each workflow and run its earlier state, what was requested and its state now. */
export interface StopReceipt {
  readonly halt: CarriedHalt;
  readonly workflows: readonly WorkflowReceipt[];
  readonly runs: readonly RunReceipt[];
  readonly pulls: readonly PullReceipt[];
  /** Absent if there were none to pull. */
  readonly levers?: readonly LeverReceipt[];
  readonly residue: readonly Residue[];
  /** From the decision until no run of the stopped agents was left; null while some are. */
  readonly timeToStop: Duration | null;
}

/** The receipt of a stop that is in the ledger, as the ledger keeps it. */
export interface CountedReceipt extends StopReceipt {
  readonly halt: Halt;
}

/**
 * A stop that could not be written to the ledger. Its own issue carries it, so that a later process knows what it switched off and
 * held back.
 */
export interface UnloggedStop {
  /** Tells it from every other stop: 16 hexadecimal digits. */
  readonly key: string;
  readonly terms: HaltTerms;
  readonly held: readonly HeldWorkflow[];
  readonly pulls: readonly PullReceipt[];
}

/** Proof that a receipt is from a holder of the key. */
export interface ReceiptSignature {
  readonly algorithm: 'ed25519';
  /** Identifies the key without revealing it: the first 16 digits of the SHA-256 of its public half (SPKI, DER). */
  readonly key: string;
  /** Base64. */
  readonly value: string;
}

/** How far a resume has got. `canary` waits for good sessions of one agent before the rest follow. */
export type ResumeStage = 'canary' | 'complete';

/** What was switched on again. */
export interface Resumption {
  readonly generation: number;
  readonly by: Initiator;
  readonly reason: string;
  readonly at: Instant;
  readonly stage: ResumeStage;
  /** Paths of the workflows that are active again. */
  readonly workflows: readonly string[];
  /** Paths that the stop no longer holds: those that are active again, and those that are not ours to switch on. */
  readonly released: readonly string[];
}
