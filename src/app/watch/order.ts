import type { ResponseKind } from '../../core/response.ts';
import type { Trigger, WatchJob } from '../job.ts';

/** What to watch, as ordered on the command line or as an action. */
export interface WatchOrder {
  /** `OWNER/NAME`; null to watch session files alone. */
  readonly repo: string | null;
  /** Null: what the configuration says, else `defaultLedger`. */
  readonly ledger: string | null;
  readonly defaultLedger: string;
  readonly config: { readonly local: string | null } | { readonly remote: string };
  /** Globs of session files on this machine. */
  readonly sessions: readonly string[];
  /** The agent those files belong to, if known. */
  readonly agent: string | null;
  readonly dryRun: boolean;
  /** The kinds of responses this run may apply. */
  readonly apply: readonly ResponseKind[];
  /**
   * Where people's commands are answered: the path of the configuration on the default branch. Null when they are not. Only the
   * ledger of the repository says which comments were answered; any other would take them for new.
   */
  readonly hears: string | null;
  /** False for a job that judges what another one has gathered. */
  readonly gather: boolean;
  readonly now: string | null;
  readonly trigger: Trigger;
  /** Runs named by the triggering event. */
  readonly namedRuns: readonly number[];
  readonly progress: WatchJob['progress'];
}
