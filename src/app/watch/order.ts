import type { ResponseKind } from '../../core/response.ts';
import type { Trigger, WatchJob } from '../job.ts';

/** What somebody wants watched, by the command line or as an action. */
export interface WatchOrder {
  /** `OWNER/NAME`; null to watch session files alone. */
  readonly repo: string | null;
  /** Null: what the configuration says, else `defaultLedger`. */
  readonly ledger: string | null;
  readonly defaultLedger: string;
  readonly config: { readonly local: string | null } | { readonly remote: string };
  /** Globs of session files on this machine. */
  readonly sessions: readonly string[];
  /** The agent that those files belong to, where known. */
  readonly agent: string | null;
  readonly dryRun: boolean;
  /** The kinds of responses that this run is for. */
  readonly apply: readonly ResponseKind[];
  /**
   * Where the commands of people are answered: the path of the configuration on the default branch. Null where they are not: which
   * comments were answered stands in the ledger of the repository alone, and any other would take them for new.
   */
  readonly hears: string | null;
  /** False for a job that judges what another one has gathered. */
  readonly gather: boolean;
  readonly now: string | null;
  readonly trigger: Trigger;
  /** Runs that the triggering event names. */
  readonly namedRuns: readonly number[];
  readonly progress: WatchJob['progress'];
}
