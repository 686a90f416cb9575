import type { ResponseKind } from '../../core/response.ts';
import type { GitHub } from '../../github/port.ts';
import type { Trigger, WatchJob } from '../job.ts';
import { connect } from '../shell/connect.ts';
import { type LoadedConfig, loadLocalConfig, loadRemoteConfig } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import type { World } from '../shell/world.ts';

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

/** Everything that one run needs, and what a person should look at in the configuration. */
export interface PreparedWatch {
  readonly job: WatchJob;
  readonly warnings: readonly string[];
}

/**
 * Opens what a run works on. Nothing is written yet. Most of the program is loaded after the first request.
 * @throws UsageError when the order or the configuration cannot be carried out.
 */
export async function prepareWatch(order: WatchOrder, world: World): Promise<PreparedWatch> {
  const now = presentMoment(order.now, world);
  const github = order.repo === null ? null : await connect(order.repo, world, null);
  const { config, warnings } = await loadConfig(order, github);
  const { openJob } = await import('./open-job.ts');
  const { job, remark } = await openJob(order, { world, now, github, config });
  return { job, warnings: remark === null ? warnings : [...warnings, remark] };
}

function loadConfig(order: WatchOrder, github: GitHub | null): Promise<LoadedConfig> {
  if ('remote' in order.config && github !== null) return loadRemoteConfig(github, order.config.remote);
  return loadLocalConfig('local' in order.config ? order.config.local : null);
}
