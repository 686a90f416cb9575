import { existsSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import type { ResponseKind } from '../core/response.ts';
import type { GitHub } from '../github/port.ts';
import { rehearse } from '../ledger/rehearsal.ts';
import { namedSpool } from '../track/place.ts';
import { channelDeliverer } from './channel-means.ts';
import type { Desk } from './command-effects.ts';
import { givenRules } from './conditions.ts';
import { connect } from './connect.ts';
import { healthSource, type TimedLedger, timedLedger } from './health-source.ts';
import { heartbeatOf } from './heartbeat.ts';
import type { Trigger, WatchJob } from './job.ts';
import { databaseOf, isDatabase } from './ledger-place.ts';
import { type LoadedConfig, loadLocalConfig, loadRemoteConfig } from './load-config.ts';
import { type LedgerOptions, LOCAL_REPO, openLedger, shortLived } from './open-ledger.ts';
import { presentMoment } from './present-moment.ts';
import { fileSource, gitHubSources, spoolSource } from './sources.ts';
import { stateFold } from './state.ts';
import { stopHand } from './stop-hand.ts';
import { homeAddress } from './version.ts';
import { WAITING_BRANCH } from './waiting.ts';
import type { World } from './world.ts';

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
 * Opens what a run works on. Nothing is written yet.
 * @throws UsageError when the order or the configuration cannot be carried out.
 */
export async function prepareWatch(order: WatchOrder, world: World): Promise<PreparedWatch> {
  const now = presentMoment(order.now, world);
  const github = order.repo === null ? null : await connect(order.repo, world, null);
  const { config, warnings } = await loadConfig(order, github);
  const repo = order.repo ?? LOCAL_REPO;
  const address = order.ledger ?? databaseOf(world) ?? config.ledger ?? order.defaultLedger;
  const timed = timedLedger(await openLedger(address, { world, now: () => now, repo: order.repo, github }), world.now);
  const { ledger } = timed;
  const hands = order.dryRun || github === null ? null : { github, apply: order.apply };
  const job: WatchJob = {
    repo,
    now,
    by: world.by,
    trigger: order.trigger,
    config,
    ledger: order.dryRun ? rehearse(ledger, stateFold) : ledger,
    waiting: await waitingFor(order, address, { world, now: () => now, github }),
    hear: hands === null ? null : hearing(order, { ...hands, ledger, config, world }),
    sources: sourcesOf(order, github, config, { ...world, now: () => now }, timed),
    apply: order.apply,
    issues: hands?.apply.includes('issue') === true ? hands.github.issues : null,
    stop:
      hands?.apply.includes('stop') === true
        ? stopHand({ github: hands.github, ledger, config, now, world, progress: order.progress })
        : null,
    deliver: tellsPeople(order) ? channelDeliverer(config, world, github) : null,
    given: givenRules(config),
    heartbeat: order.dryRun ? null : heartbeatOf(config, world),
    eyes: github,
    home: homeAddress(world.env),
    clock: world.now,
    sleep: world.sleep,
    requests: () => github?.usage().requests ?? 0,
    progress: order.progress,
  };
  const remark = shortLived(address, world);
  return { job, warnings: remark === null ? warnings : [...warnings, remark] };
}

/** Only a database can be away while the repository is there; a job that gathers nothing has nothing to put by. */
async function waitingFor(
  { repo, dryRun, gather }: WatchOrder,
  address: string,
  at: Pick<LedgerOptions, 'world' | 'now' | 'github'>,
): Promise<WatchJob['waiting']> {
  if (repo === null || dryRun || !gather || !isDatabase(address)) return null;
  return await openLedger(`branch:${repo}@${WAITING_BRANCH}`, { ...at, repo });
}

/** The job that opens issues is the one that tells people elsewhere. */
function tellsPeople({ dryRun, apply }: WatchOrder): boolean {
  return !dryRun && apply.includes('issue');
}

type Hands = Omit<Desk, 'configPath' | 'progress'>;

function hearing({ hears, progress }: WatchOrder, hands: Hands): WatchJob['hear'] {
  if (hears === null || hands.apply.length === 0) return null;
  return async () => (await import('./command.ts')).catchUp({ ...hands, configPath: hears, progress });
}

type Here = Pick<World, 'now' | 'sleep' | 'env' | 'by'>;

function sourcesOf(
  order: WatchOrder,
  github: GitHub | null,
  config: Config,
  here: Here,
  timed: TimedLedger,
): WatchJob['sources'] {
  if (!order.gather) return [];
  const moment = { repo: order.repo ?? LOCAL_REPO, now: here.now() };
  // Taking a spool in moves its files, so it is left alone where nothing may change.
  const spool = order.dryRun ? null : namedSpool(here.env);
  return [
    ...(github === null ? [] : gitHubSources({ github, config, moment, namedRuns: order.namedRuns })),
    ...(order.sessions.length === 0 ? [] : [fileSource(order, config, moment)]),
    ...(spool !== null && existsSync(spool) ? [spoolSource(spool, moment, here)] : []),
    healthSource({ ...moment, config, github, timed, world: here }),
  ];
}

function loadConfig(order: WatchOrder, github: GitHub | null): Promise<LoadedConfig> {
  if ('remote' in order.config && github !== null) return loadRemoteConfig(github, order.config.remote);
  return loadLocalConfig('local' in order.config ? order.config.local : null);
}
