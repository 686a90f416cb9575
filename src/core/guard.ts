import type { AgentTerms } from './agent-terms.ts';
import type { Errand } from './budget.ts';
import type { Engine } from './session.ts';
import type { Duration, Instant } from './time.ts';

/** Whether an agent may start. */
export type Decision = 'allow' | 'warn' | 'deny';

/**
 * What is checked before an agent starts: the stop, denials by rules, the wallet, the chain, people's time for review, its own
 * pace, our own sight.
 */
export type Gate = 'halt' | 'rule' | 'budget' | 'chain' | 'reviews' | 'pace' | 'sight';

/** What one gate says. */
export interface GateAnswer {
  readonly gate: Gate;
  readonly decision: Decision;
  /** One plain sentence. Names from outside appear in keepable form. */
  readonly reason: string;
}

/** What the guard decided before an agent started, and why. */
export interface Admission {
  /** Who asks: one job of one attempt of a run. */
  readonly errand: Errand;
  readonly at: Instant;
  readonly mode: 'shadow' | 'enforce';
  /** What the workflow was told; never `deny` in shadow mode. */
  readonly decision: Decision;
  /** What it would have been told in enforce mode; null if that is the same. */
  readonly wouldBe: Decision | null;
  /** The weightiest answer as a sentence. */
  readonly reason: string;
  /** The answers of all gates, the weightiest first. */
  readonly answers: readonly GateAnswer[];
  /** Id of the lease; null if none was taken. */
  readonly lease: string | null;
  /** Dollars left in the tightest budget; null if no budget counts dollars or it is not known. */
  readonly leftUsd: number | null;
  /** The cheaper model that is offered; null if none is. */
  readonly model: string | null;
}

/** The most a session may use while it runs; left out = no limit. */
export interface MeterLimits {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly turns?: number | undefined;
  readonly minutes?: number | undefined;
  /** Identical calls of a tool in a row. */
  readonly repeats?: number | undefined;
  /** Dollars per minute over the last five minutes. */
  readonly usd_per_minute?: number | undefined;
}

/** A limit that a session can pass while it runs. */
export type LimitName = keyof MeterLimits;

/** Why a session was ended, or would have been. */
export type MeterCause =
  | { readonly kind: 'limit'; readonly limit: LimitName; readonly used: number; readonly allowed: number }
  | { readonly kind: 'halt'; readonly generation: number }
  /** The ledger no longer holds what the guard wrote into it, so no stop could be seen in it. */
  | { readonly kind: 'ledger'; readonly how: LedgerLoss };

/** The branch of the ledger is gone, or is back where it was before. */
export type LedgerLoss = 'gone' | 'rewound';

/** How a session was ended. Each is tried if the one before it failed. */
export type MeterHand = 'hook' | 'process' | 'run';

/** What a session has used as far as the meter saw; null = not known. */
export interface MeterUse {
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly turns: number | null;
  readonly minutes: number;
  readonly calls: number | null;
}

/** A tool call that was refused before it happened, or would have been. */
export interface RefusedCall {
  readonly at: Instant;
  /** In keepable form. */
  readonly tool: string;
  readonly because: 'read_only' | 'scope' | MeterCause['kind'];
  /** The path outside the scope, in keepable form; null for calls that name none. */
  readonly path: string | null;
}

/** What the meter saw of one session. It ran next to the agent, which may have changed it, so it is a claim, not a fact. */
export interface MeterReport {
  readonly startedAt: Instant;
  /** When it last reported being alive. */
  readonly beatAt: Instant;
  /** Null for a meter that did not end by itself: it was killed or is still running. */
  readonly endedAt: Instant | null;
  readonly use: MeterUse;
  /** Where the use is known from: telemetry, session files, or nothing. */
  readonly heard: readonly ('telemetry' | 'files')[];
  /** Null until a limit is passed. */
  readonly stop: null | {
    readonly cause: MeterCause;
    readonly at: Instant;
    /** In shadow mode, nothing is ended. */
    readonly mode: 'shadow' | 'enforce';
    readonly hands: readonly MeterHand[];
    /** From passing the limit to the end of the agent; null while it is still running, or in shadow mode. */
    readonly took: Duration | null;
  };
  /** The first hundred. */
  readonly refused: readonly RefusedCall[];
  readonly moreRefused: number;
  /** What did not work, in our own words. */
  readonly problems: readonly string[];
}

/** Problems of a meter that point to interference: without a ledger, nobody can stop an agent through it. */
export const LEDGER_LOST: Readonly<Record<LedgerLoss, string>> = {
  gone: 'The branch of the ledger was gone while the agent ran, so that no emergency stop could be seen',
  rewound: 'The branch of the ledger was set back while the agent ran, so that no emergency stop could be seen',
};

/** The name under which the step before the agent keeps its `GuardHandover` for the end of the job (`saveState`). */
export const HANDOVER = 'checkrein-guard';

/**
 * What the step before the agent hands over to the steps that run next to it and after it in the same job, as one line of JSON. It
 * holds no secret. The agent may have changed anything in the job, so where the two differ, the ledger's `guard.decided` counts.
 */
export interface GuardHandover {
  readonly v: 1;
  readonly repo: string;
  /** `errand.agent` is the agent. */
  readonly errand: Errand;
  /** When the guard decided. Sessions that began earlier are not part of this job. */
  readonly startedAt: Instant;
  readonly mode: 'shadow' | 'enforce';
  /** What the workflow was told; an agent that was denied should not have run. */
  readonly decision: Decision;
  /** Id of the lease; null if none was taken, in which case there is nothing to settle. */
  readonly lease: string | null;
  /** The engine that runs in it; null if not known. */
  readonly engine: Engine | null;
  readonly limits: MeterLimits;
  readonly scope: NonNullable<AgentTerms['scope']>;
  /**
   * Where the ledger is, in the form `--ledger` takes. Null for a database: its address is a secret, which every step gets from its
   * own inputs.
   */
  readonly ledger: string | null;
  /** The path of the configuration on the default branch. */
  readonly config: string;
}
