import type { AlertPolicies } from '../alerts/policy.ts';
import type { Config } from '../config/schema.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Deliverer, Delivery } from '../core/notice.ts';
import type { Routes } from '../core/notice-terms.ts';
import type { ResponseKind } from '../core/response.ts';
import type { Duration, Instant } from '../core/time.ts';
import type { IssuesApi } from '../github/port.ts';
import type { Ledger } from '../ledger/port.ts';
import type { RerunHand } from '../responses/rerun/apply.ts';
import type { RollbackHand } from '../responses/rollback/apply.ts';
import type { Eyes } from '../responses/stop/observe.ts';
import type { StopHand } from '../responses/stop-plan/apply.ts';
import type { OpinionDesk } from './review/ask-model.ts';
import type { Progress } from './shell/progress.ts';
import type { LedgerState } from './state.ts';

/** What one source brought. */
export interface Gathered {
  readonly events: readonly LedgerEvent[];
  /** What could not be read and why, one line each, free of text from strangers. */
  readonly complaints: readonly string[];
  /** Called once the events are in the ledger, so that the originals can be removed. */
  readonly remembered?: () => Promise<void>;
}

/** A place that events come from. A source that fails reports it in a `source.failed` event and does not throw. */
export interface Source {
  readonly name: string;
  gather(state: LedgerState): Promise<Gathered>;
}

/** What set this run off. */
export interface Trigger {
  readonly name: string;
  readonly run: number | null;
  readonly late: Duration | null;
}

/** What rules outside the program bring with them, by name. */
export interface GivenRules {
  readonly policies: AlertPolicies;
  readonly routes: Routes;
}

/** One run of `watch`, with everything it works on. */
export interface WatchJob {
  readonly repo: string;
  readonly now: Instant;
  readonly by: string;
  readonly trigger: Trigger;
  readonly config: Config;
  readonly ledger: Ledger<LedgerState>;
  /** Where events wait while the ledger is away; null when that cannot happen. */
  readonly waiting: Ledger<LedgerState> | null;
  /** Answers commands of people that nobody has answered yet; null for a job that answers none. */
  readonly hear: (() => Promise<Gathered>) | null;
  /** Empty for a job that judges what others have gathered. */
  readonly sources: readonly Source[];
  /** Takes another sample, at a given moment, of what has no history; null for a job that gathers nothing. */
  readonly sample: ((state: LedgerState, now: Instant) => Promise<Gathered>) | null;
  /** The kinds of responses this job handles. Planned responses of other kinds are left to the job that may carry them out. */
  readonly apply: readonly ResponseKind[];
  /** Where issues are opened; null when there is no such place, or nothing may be done. Then the plan is only shown. */
  readonly issues: IssuesApi | null;
  /** Opens drafts that revert changes; null when nothing may be opened. */
  readonly rollback: RollbackHand | null;
  /** Reruns failed runs; null when nothing may be started. */
  readonly rerun: RerunHand | null;
  /** Stops agents; null when nothing may be stopped. */
  readonly stop: StopHand | null;
  /** Sends messages to channels; null when nothing may be sent. Then only a job that may send plans them. */
  readonly deliver: Deliverer | null;
  /** How patient the alerts of rules outside the program are, and where messages about them go. */
  readonly given: GivenRules;
  /** Who can be asked for a model's guess, and for which run; null without a key, or when nothing may be spent. */
  readonly opinions: Pick<OpinionDesk, 'opinions' | 'run'> | null;
  /** Calls those who want to know that a run went well; null when nobody does. */
  readonly heartbeat: (() => Promise<Delivery>) | null;
  /** Sees whether anything runs under a stop in force; null when nothing can be asked. */
  readonly eyes: Eyes | null;
  /** Web address of the product's files, for links to its documents. */
  readonly home: string;
  /** The wall clock; `now` may be another moment, which somebody asked about. */
  readonly clock: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
  /** Requests made to GitHub so far. */
  readonly requests: () => number;
  /** Receives progress, for a progress line. */
  readonly progress: Progress;
}

/** Whether this job does anything outside the ledger. */
export function acts(job: WatchJob): boolean {
  return job.issues !== null || job.stop !== null || job.rollback !== null || job.rerun !== null;
}
