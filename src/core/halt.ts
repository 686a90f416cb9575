import type { Actor, RunConclusion, RunStatus } from './run.ts';
import type { Duration, Instant } from './time.ts';

/** Whom a stop holds for: every agent of the repository, or those named. */
export type HaltScope = { readonly kind: 'all' } | { readonly kind: 'agents'; readonly names: readonly string[] };

/** Who wanted something done. A person is known by what the API says, never by a name in a text. */
export type Initiator =
  | { readonly kind: 'person'; readonly actor: Actor }
  | { readonly kind: 'rule'; readonly rule: string; readonly fingerprint: string }
  /** The holder of the token of a command line or of a dispatched workflow; `login` as far as it is known. */
  | { readonly kind: 'operator'; readonly login: string | null };

/** What was decided: whom a stop is about, by whom, why and when. */
export interface HaltTerms {
  readonly scope: HaltScope;
  readonly by: Initiator;
  /** Our words or those of an authorised person; inert wherever it is shown. */
  readonly reason: string;
  readonly at: Instant;
}

/** The emergency stop as the ledger counts it. */
export interface Halt extends HaltTerms {
  /** Counts up with every stop; commands, receipts and resumes name the stop that they mean by it. */
  readonly generation: number;
  /**
   * Fingerprints of the alerts for which rules asked for what this stop holds: its own and those of the stops whose place it has
   * taken. Absent where `by` says it all.
   */
  readonly causes?: readonly string[];
}

/** A stop that is carried out; `generation` is null as long as no ledger has taken it in, for then nobody has counted it. */
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
 * A workflow that a stop holds, with its state from before the stop. Only one that was `active` before is ours to switch
 * off, and ours to switch on again.
 */
export interface HeldWorkflow {
  readonly path: string;
  readonly id: number;
  readonly before: WorkflowState;
}

/** What became of a workflow in a stop. */
export interface WorkflowReceipt extends HeldWorkflow {
  /** As the last list showed it. */
  readonly after: WorkflowState;
  /** When it was last asked to be disabled; null when it was not active. */
  readonly at: Instant | null;
}

/** One request to end a run. */
export interface EndRequest {
  readonly act: 'cancel' | 'force-cancel';
  readonly at: Instant;
  readonly answer: 'accepted' | 'refused' | 'failed';
}

/** What became of a run that had not ended when the stop saw it. */
export interface RunReceipt {
  readonly id: number;
  readonly attempt: number;
  readonly workflow: string;
  readonly before: RunStatus;
  readonly requests: readonly EndRequest[];
  readonly after: RunStatus;
  readonly conclusion: RunConclusion | null;
  /** When it was seen ended; null while it was not. */
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

/** What became of an optional lever: what a stop pulls beside GitHub's own switches where the configuration names it. */
export interface LeverReceipt {
  readonly kind: 'variable' | 'webhook';
  /** When it was last asked. */
  readonly at: Instant;
  /** `failed` may pass by itself; `refused` does not. */
  readonly answer: EndRequest['answer'];
}

/** Something that the stop could not bring about, and what a person can do. */
export interface Residue {
  readonly what: 'workflow' | 'run' | 'pull' | 'lever' | 'ledger' | 'list';
  /** The path of the workflow, the id of the run, the number of the pull request, the kind of the lever. */
  readonly id: string;
  readonly why: string;
  readonly remedy: string;
}

/** The proof of a stop: who, why, when, and for each workflow and run what it was, what was asked and what it is. */
export interface StopReceipt {
  readonly halt: CarriedHalt;
  readonly workflows: readonly WorkflowReceipt[];
  readonly runs: readonly RunReceipt[];
  readonly pulls: readonly PullReceipt[];
  /** Absent where none was to be pulled. */
  readonly levers?: readonly LeverReceipt[];
  readonly residue: readonly Residue[];
  /** From the decision until no run of the stopped agents was left; null while some are. */
  readonly timeToStop: Duration | null;
}

/** The receipt of a stop that the ledger counts, as the ledger keeps it. */
export interface CountedReceipt extends StopReceipt {
  readonly halt: Halt;
}

/**
 * A stop that could not be written to the ledger, as its own issue carries it, so that a later process knows what it has
 * switched off and held back.
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
  /** Names the key without telling it: the first 16 digits of the SHA-256 of its public half (SPKI, DER). */
  readonly key: string;
  /** Base64. */
  readonly value: string;
}

/** How far a resume has come. `canary` waits for good sessions of one agent before the rest follows. */
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
  /** Paths that the stop holds no more: those that are active again, and those that are not ours to switch on. */
  readonly released: readonly string[];
}
