import type { AgentTerms } from './agent-terms.ts';
import type { Errand } from './budget.ts';
import type { Engine } from './session.ts';
import type { Duration, Instant } from './time.ts';

/** Whether an agent may start. */
export type Decision = 'allow' | 'warn' | 'deny';

/**
 * What is looked at before an agent starts: the stop, what a rule denied, the wallet, the chain, people's time for review, its own pace,
 * our own sight.
 */
export type Gate = 'halt' | 'rule' | 'budget' | 'chain' | 'reviews' | 'pace' | 'sight';

/** What one gate says. */
export interface GateAnswer {
  readonly gate: Gate;
  readonly decision: Decision;
  /** One plain sentence; names from outside stand in it as they may be kept. */
  readonly reason: string;
}

/** What the guard decided before an agent started, and by what. */
export interface Admission {
  /** Who asks: one job of one attempt of a run. */
  readonly errand: Errand;
  readonly at: Instant;
  readonly mode: 'shadow' | 'enforce';
  /** What the workflow was told; never `deny` in shadow mode. */
  readonly decision: Decision;
  /** What it would have been told in enforce mode; null where that is the same. */
  readonly wouldBe: Decision | null;
  /** The weightiest answer in a sentence. */
  readonly reason: string;
  /** Answers of all gates, the weightiest first. */
  readonly answers: readonly GateAnswer[];
  /** Id of the lease; null where none was taken. */
  readonly lease: string | null;
  /** Dollars left of the tightest budget; null where no budget counts dollars, or nobody knows. */
  readonly leftUsd: number | null;
  /** The cheaper model that is offered; null where none is. */
  readonly model: string | null;
}

/** The most that a session may use while it runs; left out = no limit. */
export interface MeterLimits {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly turns?: number | undefined;
  readonly minutes?: number | undefined;
  /** Equal calls of a tool in a row. */
  readonly repeats?: number | undefined;
  /** Dollars a minute over the last five minutes. */
  readonly usd_per_minute?: number | undefined;
}

/** A limit that a session can pass while it runs. */
export type LimitName = keyof MeterLimits;

/** Why a session was ended, or would have been. */
export type MeterCause =
  | { readonly kind: 'limit'; readonly limit: LimitName; readonly used: number; readonly allowed: number }
  | { readonly kind: 'halt'; readonly generation: number }
  /** The ledger does not hold any more what the guard wrote into it, so that no stop could be seen in it. */
  | { readonly kind: 'ledger'; readonly how: LedgerLoss };

/** The branch of the ledger is not there any more, or stands where it stood before. */
export type LedgerLoss = 'gone' | 'rewound';

/** By what a session was ended: each is tried when the one before did not. */
export type MeterHand = 'hook' | 'process' | 'run';

/** What a session has used as far as the meter saw; null = not known. */
export interface MeterUse {
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly turns: number | null;
  readonly minutes: number;
  readonly calls: number | null;
}

/** A call of a tool that was refused before it happened, or would have been. */
export interface RefusedCall {
  readonly at: Instant;
  /** As it may be kept. */
  readonly tool: string;
  readonly because: 'read_only' | 'scope' | MeterCause['kind'];
  /** The path that lies outside, as it may be kept; null for calls that name none. */
  readonly path: string | null;
}

/** What the meter saw of one session. It lay beside the agent and may have been changed by it: a claim, no fact. */
export interface MeterReport {
  readonly startedAt: Instant;
  /** When it last said that it was alive. */
  readonly beatAt: Instant;
  /** Null for a meter that did not end by itself: it was killed, or is running. */
  readonly endedAt: Instant | null;
  readonly use: MeterUse;
  /** By what the use is known: telemetry, files of sessions, or nothing. */
  readonly heard: readonly ('telemetry' | 'files')[];
  /** Null while nothing was passed. */
  readonly stop: null | {
    readonly cause: MeterCause;
    readonly at: Instant;
    /** In shadow mode nothing is ended. */
    readonly mode: 'shadow' | 'enforce';
    readonly hands: readonly MeterHand[];
    /** From the passing of the limit to the end of the agent; null while it goes on, or in shadow mode. */
    readonly took: Duration | null;
  };
  /** The first hundred. */
  readonly refused: readonly RefusedCall[];
  readonly moreRefused: number;
  /** What did not work, in our own words. */
  readonly problems: readonly string[];
}

/** The problems of a meter that tell of a hand in it: nobody can stop an agent through a ledger that is not there. */
export const LEDGER_LOST: Readonly<Record<LedgerLoss, string>> = {
  gone: 'The branch of the ledger was gone while the agent ran, so that no emergency stop could be seen',
  rewound: 'The branch of the ledger was set back while the agent ran, so that no emergency stop could be seen',
};

/** The name under which the step before the agent keeps its `GuardHandover` for the end of the job (`saveState`). */
export const HANDOVER = 'checkrein-guard';

/**
 * What the step before the agent hands to what goes on beside it and comes after it in the same job, as one line of JSON. It holds no
 * secret; what lies in the job the agent may have changed, so that the ledger's `guard.decided` is what counts where the two differ.
 */
export interface GuardHandover {
  readonly v: 1;
  readonly repo: string;
  /** `errand.agent` is the agent. */
  readonly errand: Errand;
  /** When the guard decided: sessions that began before are not of this job. */
  readonly startedAt: Instant;
  readonly mode: 'shadow' | 'enforce';
  /** What the workflow was told; an agent that was denied should not have run. */
  readonly decision: Decision;
  /** Id of the lease; null where none was taken: then nothing is to be settled. */
  readonly lease: string | null;
  /** What runs in it; null where that is not known. */
  readonly engine: Engine | null;
  readonly limits: MeterLimits;
  readonly scope: NonNullable<AgentTerms['scope']>;
  /**
   * Where the ledger is, as `--ledger` takes it. Null for a database: its address is a secret, which every step gets from its own
   * inputs.
   */
  readonly ledger: string | null;
  /** The path of the configuration on the default branch. */
  readonly config: string;
}
