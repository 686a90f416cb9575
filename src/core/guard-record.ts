import type { Errand } from './budget.ts';
import type { Decision, MeterReport } from './guard.ts';
import type { Certainty } from './outcome.ts';
import type { Engine, SessionReading } from './session.ts';
import type { Instant } from './time.ts';

/** Where in a job the record of a session lay: what the engine's action wrote out, or what the engine itself keeps. */
export type AccountPlace = 'output' | 'home';

/** What one file of a job told of a session. Several files may tell of one: where they differ, one of them is wrong. */
export interface SessionAccount {
  readonly place: AccountPlace;
  /** The name of the file as it may be kept, without its folders. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly engine: Engine;
  readonly format: string;
  /** As it may be kept; null where the file does not name it. */
  readonly engineSession: string | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly tokens: number | null;
  readonly usd: number | null;
  readonly turns: number | null;
  /** How well its tokens are known. */
  readonly certainty: Certainty;
}

/** What became of the meter that ran beside the agent. */
export type MeterFate =
  /** None was started. */
  | { readonly kind: 'none' }
  /** It ended when it was asked to, and its report bears its seal. */
  | { readonly kind: 'ended'; readonly report: MeterReport }
  /** It was not there any more. The report is its last; null where there is none that bears its seal. */
  | { readonly kind: 'died'; readonly report: MeterReport | null }
  /** A report lies there that the meter did not write. */
  | { readonly kind: 'forged' };

/** The last that a meter said; null where it said nothing that can be believed. */
export function reportOf(fate: MeterFate): MeterReport | null {
  return fate.kind === 'ended' || fate.kind === 'died' ? fate.report : null;
}

/** The problem of a meter that saw calls of tools, though no engine asked its hooks: as the check of `watch` knows it again. */
export const HOOKS_UNASKED = 'Tools were called, and no hook was ever asked';

/** Whether the ledger at the end of the job still held what the guard had written into it before. */
export type LedgerFate = 'held' | 'rewritten' | 'unknown';

/**
 * What the guard says of an agent's job once the agent has ended. It was made in that job and may have been changed there: a claim,
 * to be held against what GitHub says.
 */
export interface GuardRecord {
  readonly v: 1;
  readonly errand: Errand;
  readonly mode: 'shadow' | 'enforce';
  /** What the workflow was told before. */
  readonly decision: Decision;
  /** Id of the lease; null where none was taken. */
  readonly lease: string | null;
  /** When the guard decided. */
  readonly startedAt: Instant;
  /** When this record was made. */
  readonly endedAt: Instant;
  /** Each session once, of the best file that tells of it. */
  readonly sessions: readonly SessionReading[];
  readonly accounts: readonly SessionAccount[];
  /** What could not be read, in our own words. */
  readonly unread: readonly string[];
  readonly meter: MeterFate;
  readonly ledger: LedgerFate;
}

/** The name of a file that holds a record, in a folder or in an artifact. */
export const GUARD_RECORD_FILE: RegExp = /^checkrein-guard-[A-Za-z0-9_.-]{1,120}\.json$/;

/** A larger file is none of ours. */
export const MAX_GUARD_RECORD = 1_048_576;

/** Names the job of an attempt of a run that asked for an agent: a run may hold several of them. */
export function errandKey({ run, attempt, agent, job }: Pick<Errand, 'run' | 'attempt' | 'agent' | 'job'>): string {
  return [run, attempt, agent, ...(job === null ? [] : [job])].join(':');
}
