import type { GuardHandover, MeterReport } from '../core/guard.ts';
import type { OwnPrice } from '../core/price.ts';
import type { Duration } from '../core/time.ts';
import type { ProcessId } from './process-info.ts';
import type { SessionRoots } from './session-files.ts';

/** What the meter is to do. It is handed over through a pipe: it holds secrets, and no file of ours may. */
export interface MeterPlan {
  readonly handover: GuardHandover;
  /** Where the meter keeps what it tells; its own. */
  readonly folder: string;
  /** What is checked out: paths of the scope begin there. */
  readonly workspace: string;
  readonly roots: SessionRoots;
  /** Tells this job's processes from others; no secret. */
  readonly mark: string;
  /** Stands in the address that engines report to, so that nobody else feeds the meter by chance. The agent can read it. */
  readonly key: string;
  /** Seals the report and allows to end the meter. The agent cannot read it: it is in no file and in no environment. */
  readonly seal: string;
  /** What runs the job's steps; null where nobody can tell. */
  readonly worker: ProcessId | null;
  /** So long it lives at most, whatever becomes of the job. */
  readonly most: Duration;
  /** Whether other jobs may run on this machine, so that our settings must be told from theirs. */
  readonly shared: boolean;
  readonly prices: readonly OwnPrice[];
  readonly github: GitHubAccess | null;
  /** How often the emergency stop is looked for, in milliseconds. */
  readonly haltEvery: number;
  /** What becomes of the session when the ledger is lost: where a lead lets agents work without one it is only told. */
  readonly ledgerLoss: 'end' | 'tell';
  /** Files with settings that hold our hooks, to be taken out again. */
  readonly settings: readonly string[];
}

/** How the meter speaks with GitHub. */
export interface GitHubAccess {
  /** Without a slash at its end. */
  readonly api: string;
  readonly token: string;
}

/** What the meter says when it is ready, as a line. */
export interface MeterReady extends ProcessId {
  readonly port: number;
}

/** What the end of the job needs to end the meter and to read what it tells; kept in the state of the step, which no other step sees. */
export interface MeterHandle extends MeterReady {
  readonly folder: string;
  readonly key: string;
  readonly seal: string;
  readonly settings: readonly string[];
}

/** The name under which the step before the agent keeps its `MeterHandle` for the end of the job (`saveState`). */
export const METER_STATE = 'checkrein-meter';

/** What is known of a meter at the end of its job. */
export type MeterEnding =
  /** It ended when it was asked to, and its report bears its seal. */
  | { readonly kind: 'ended'; readonly report: MeterReport }
  /** It was not there any more: somebody has ended it. The report is its last, where there is one that bears its seal. */
  | { readonly kind: 'died'; readonly report: MeterReport | null }
  /** A report lies there that the meter did not write. */
  | { readonly kind: 'forged' };
