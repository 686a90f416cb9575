import type { Errand } from './budget.ts';
import type { Decision, MeterReport } from './guard.ts';
import type { Certainty } from './outcome.ts';
import type { Engine, SessionReading } from './session.ts';
import type { Instant } from './time.ts';

/** Where in a job the record of a session was: the output of the engine's action, or the files the engine itself keeps. */
export type AccountPlace = 'output' | 'home';

/**
 * What one file of a job says about a session. Several files may describe the same session. If they differ, one of them is wrong.
 */
export interface SessionAccount {
  readonly place: AccountPlace;
  /** The name of the file in keepable form, without its folders. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly engine: Engine;
  readonly format: string;
  /** In keepable form; null if the file does not name it. */
  readonly engineSession: string | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly tokens: number | null;
  readonly usd: number | null;
  readonly turns: number | null;
  /** How well its tokens are known. */
  readonly certainty: Certainty;
}

/** What became of the meter that ran next to the agent. */
export type MeterFate =
  /** None was started. */
  | { readonly kind: 'none' }
  /** It ended when it was asked to, and its report has its seal. */
  | { readonly kind: 'ended'; readonly report: MeterReport }
  /** It was gone. The report is its last one; null if there is none with its seal. */
  | { readonly kind: 'died'; readonly report: MeterReport | null }
  /** There is a report that the meter did not write. */
  | { readonly kind: 'forged' };

/** The last report of a meter; null if there is none that can be trusted. */
export function reportOf(fate: MeterFate): MeterReport | null {
  return fate.kind === 'ended' || fate.kind === 'died' ? fate.report : null;
}

/**
 * The problem reported by a meter that saw tool calls although no engine called its hooks. The check in `watch` recognises it by
 * this text.
 */
export const HOOKS_UNASKED = 'Tools were called, and no hook was ever asked';

/** Whether, at the end of the job, the ledger still held what the guard had written to it before. */
export type LedgerFate = 'held' | 'rewritten' | 'unknown';

/**
 * What the guard reports about an agent's job once the agent has ended. It was made in that job and may have been changed there, so
 * it is a claim to be checked against what GitHub says.
 */
export interface GuardRecord {
  readonly v: 1;
  readonly errand: Errand;
  readonly mode: 'shadow' | 'enforce';
  /** What the workflow was told before. */
  readonly decision: Decision;
  /** Id of the lease; null if none was taken. */
  readonly lease: string | null;
  /** When the guard decided. */
  readonly startedAt: Instant;
  /** When this record was made. */
  readonly endedAt: Instant;
  /** Each session once, from the best file that describes it. */
  readonly sessions: readonly SessionReading[];
  readonly accounts: readonly SessionAccount[];
  /** What could not be read, in our own words. */
  readonly unread: readonly string[];
  readonly meter: MeterFate;
  readonly ledger: LedgerFate;
}

/** The name of a record file, in a folder or in an artifact. */
export const GUARD_RECORD_FILE: RegExp = /^checkrein-guard-[A-Za-z0-9_.-]{1,120}\.json$/;

/** A larger file is not ours. */
export const MAX_GUARD_RECORD = 1_048_576;

/** Names the job of a run attempt that asked for an agent, since one run may contain several. */
export function errandKey({ run, attempt, agent, job }: Pick<Errand, 'run' | 'attempt' | 'agent' | 'job'>): string {
  return [run, attempt, agent, ...(job === null ? [] : [job])].join(':');
}
