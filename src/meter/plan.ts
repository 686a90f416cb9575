import type { GuardHandover, MeterReport } from '../core/guard.ts';
import type { OwnPrice } from '../core/price.ts';
import type { Duration } from '../core/time.ts';
import type { ProcessId, StepRunner } from './process-info.ts';
import type { SessionRoots } from './session-files.ts';

/**
 * What the meter must do. It is passed through a pipe, because it contains secrets, which must not be in any file of ours.
 */
export interface MeterPlan {
  readonly handover: GuardHandover;
  /** The meter's own folder for its reports. */
  readonly folder: string;
  /** The checkout: paths of the scope start there. */
  readonly workspace: string;
  readonly roots: SessionRoots;
  /** Distinguishes this job's processes from others; not a secret. */
  readonly mark: string;
  /** Part of the address that engines report to, so that nothing else feeds the meter by accident. The agent can read it. */
  readonly key: string;
  /** Seals the report and authorises ending the meter. The agent cannot read it: it is in no file and in no environment. */
  readonly seal: string;
  /** The process that runs the job's steps; null when it is unknown. */
  readonly worker: StepRunner | null;
  /** The longest that it may live, whatever happens to the job. */
  readonly most: Duration;
  /** Whether other jobs may run on this machine, so that our settings must be distinguished from theirs. */
  readonly shared: boolean;
  readonly prices: readonly OwnPrice[];
  readonly github: GitHubAccess | null;
  /** How often to look for the emergency stop, in milliseconds. */
  readonly haltEvery: number;
  /** What happens to the session when the ledger is lost: if a lead lets agents work without one, it is only reported. */
  readonly ledgerLoss: 'end' | 'tell';
  /** Settings files that contain our hooks, to be cleaned up. */
  readonly settings: readonly string[];
}

/** How the meter accesses GitHub. */
export interface GitHubAccess {
  /** Without a trailing slash. */
  readonly api: string;
  readonly token: string;
}

/** What the meter prints when it is ready, as one line. */
export interface MeterReady extends ProcessId {
  readonly port: number;
}

/**
 * What the end of the job needs to end the meter and read its report; kept in the state of the step, which no other step
 * sees.
 */
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
  /** It ended when asked, and its report has its seal. */
  | { readonly kind: 'ended'; readonly report: MeterReport }
  /** It was gone: somebody else ended it. The report is the last one with a valid seal, if any. */
  | { readonly kind: 'died'; readonly report: MeterReport | null }
  /** There is a report that the meter did not write. */
  | { readonly kind: 'forged' };
