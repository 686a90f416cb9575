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
  /** To be called when the events are in the ledger, so that what they were made of can go. */
  readonly remembered?: () => Promise<void>;
}

/** A place that events come from. A source that fails says so in a `source.failed` event and does not throw. */
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

/** What rules that are not part of the program bring with them, by their names. */
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
  /** Where events wait while the ledger is away; null where nothing of the kind can happen. */
  readonly waiting: Ledger<LedgerState> | null;
  /** Answers the commands of people that nobody has answered yet; null for a job that answers none. */
  readonly hear: (() => Promise<Gathered>) | null;
  /** Empty for a job that judges what others have gathered. */
  readonly sources: readonly Source[];
  /** Takes a further sample of what has no past, at a moment; null for a job that gathers nothing. */
  readonly sample: ((state: LedgerState, now: Instant) => Promise<Gathered>) | null;
  /** The kinds of responses that this job is for. Planned ones of other kinds are left to the job that may do them. */
  readonly apply: readonly ResponseKind[];
  /** Where issues are opened; null where there is no such place, or where nothing may be done: then the plan is shown only. */
  readonly issues: IssuesApi | null;
  /** What opens drafts that take changes back; null where nothing may be opened. */
  readonly rollback: RollbackHand | null;
  /** What runs failed runs again; null where nothing may be started. */
  readonly rerun: RerunHand | null;
  /** What stops agents; null where nothing may be stopped. */
  readonly stop: StopHand | null;
  /** What sends messages to channels; null where nothing may be sent: then they are planned only by a job that may. */
  readonly deliver: Deliverer | null;
  /** How patient the alerts of rules are that are not part of the program, and where messages about them go. */
  readonly given: GivenRules;
  /** Whom a model's guess can be asked of, and for which run; null without a key, or where nothing may be spent. */
  readonly opinions: Pick<OpinionDesk, 'opinions' | 'run'> | null;
  /** Calls those who want to know that a run went well; null where nobody does. */
  readonly heartbeat: (() => Promise<Delivery>) | null;
  /** What says whether anything runs under a stop in force; null where nothing can be asked. */
  readonly eyes: Eyes | null;
  /** Web address of the product's files, for links to its documents. */
  readonly home: string;
  /** The clock on the wall; `now` may be another moment, which somebody asked about. */
  readonly clock: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
  /** Requests made to GitHub so far. */
  readonly requests: () => number;
  /** Told what is going on, for a progress line. */
  readonly progress: Progress;
}

/** Whether this job does anything outside the ledger. */
export function acts(job: WatchJob): boolean {
  return job.issues !== null || job.stop !== null || job.rollback !== null || job.rerun !== null;
}
