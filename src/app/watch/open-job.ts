import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import type { ResponseKind } from '../../core/response.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { rehearse } from '../../ledger/rehearsal.ts';
import { namedSpool } from '../../track/place.ts';
import type { Desk } from '../comments/desk.ts';
import { healthSource, sampleHealth, type TimedLedger, timedLedger } from '../gather/health-source.ts';
import { fileSource, gitHubSources, spoolSource } from '../gather/sources.ts';
import type { WatchJob } from '../job.ts';
import { givenRules } from '../judge/conditions.ts';
import { type LedgerOptions, LOCAL_REPO, openLedger, shortLived } from '../ledger/open-ledger.ts';
import { databaseOf, isDatabase } from '../ledger/place.ts';
import { opinionsOf, ownRun } from '../review/opinions.ts';
import { homeAddress } from '../shell/version.ts';
import type { World } from '../shell/world.ts';
import { stateFold } from '../state.ts';
import { channelDeliverer } from '../tell/channel-means.ts';
import { heartbeatOf } from '../tell/heartbeat.ts';
import type { WatchOrder } from './order.ts';
import { rerunHand } from './rerun-hand.ts';
import { rollbackHand } from './rollback-hand.ts';
import { stopHand } from './stop-hand.ts';
import { WAITING_BRANCH } from './waiting.ts';

/** Where and when a run works. */
interface Ground {
  readonly world: World;
  readonly now: Instant;
  readonly github: GitHub | null;
  readonly config: Config;
}

/** Where a run may change something, and what. */
interface Reach {
  readonly github: GitHub;
  readonly apply: WatchOrder['apply'];
}

/** What a run can change on GitHub, as far as the order allows it. */
function handsOn(
  order: WatchOrder,
  ledger: WatchJob['ledger'],
  reach: Reach | null,
  { world, now, config }: Omit<Ground, 'github'>,
): Pick<WatchJob, 'issues' | 'rollback' | 'rerun' | 'stop'> {
  const allowed = (kind: ResponseKind): GitHub | null => (reach?.apply.includes(kind) === true ? reach.github : null);
  const [issues, rollback, rerun, stop] = [allowed('issue'), allowed('rollback'), allowed('rerun'), allowed('stop')];
  return {
    issues: issues?.issues ?? null,
    rollback: rollback && rollbackHand({ github: rollback, ledger, now }),
    rerun: rerun && rerunHand({ github: rerun, ledger, now, env: world.env }),
    stop: stop && stopHand({ github: stop, ledger, config, now, world, progress: order.progress }),
  };
}

/** Opens the ledger and everything else a run works on; `remark` is what a person should know about the ledger. */
export async function openJob(
  order: WatchOrder,
  { world, now, github, config }: Ground,
): Promise<{ readonly job: WatchJob; readonly remark: string | null }> {
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
    sample: order.gather ? (state, at) => sampleHealth({ repo, now: at, config, github, ledger, world }, state) : null,
    apply: order.apply,
    ...handsOn(order, ledger, hands, { world, now, config }),
    deliver: tellsPeople(order) ? channelDeliverer(config, world, github) : null,
    given: givenRules(config),
    opinions: asksModels(world, hands),
    heartbeat: order.dryRun ? null : heartbeatOf(config, world),
    eyes: github,
    home: homeAddress(world.env),
    clock: world.now,
    sleep: world.sleep,
    requests: () => github?.usage().requests ?? 0,
    progress: order.progress,
  };
  return { job, remark: shortLived(address, world) };
}

/** Only a database can be away while the repository is there. A job that gathers nothing has nothing to set aside. */
async function waitingFor(
  { repo, dryRun, gather }: WatchOrder,
  address: string,
  at: Pick<LedgerOptions, 'world' | 'now' | 'github'>,
): Promise<WatchJob['waiting']> {
  if (repo === null || dryRun || !gather || !isDatabase(address)) return null;
  return await openLedger(`branch:${repo}@${WAITING_BRANCH}`, { ...at, repo });
}

/** The job that opens issues is also the one that tells people elsewhere. */
function tellsPeople({ dryRun, apply }: WatchOrder): boolean {
  return !dryRun && apply.includes('issue');
}

/** A job that changes nothing spends nothing either. */
function asksModels(world: World, hands: object | null): WatchJob['opinions'] {
  const opinions = hands === null ? null : opinionsOf(world);
  return opinions === null ? null : { opinions, run: ownRun(world) };
}

type Hands = Omit<Desk, 'configPath' | 'progress'>;

function hearing({ hears, progress }: WatchOrder, hands: Hands): WatchJob['hear'] {
  if (hears === null || hands.apply.length === 0) return null;
  return async () => (await import('../comments/command.ts')).catchUp({ ...hands, configPath: hears, progress });
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
  // Taking in a spool moves its files, so it is left alone when nothing may change.
  const spool = order.dryRun ? null : namedSpool(here.env);
  return [
    ...(github === null
      ? []
      : gitHubSources({ github, config, moment, namedRuns: order.namedRuns, talk: order.hears === null, spool })),
    ...(order.sessions.length === 0 ? [] : [fileSource(order, config, moment)]),
    ...(spool !== null && existsSync(spool) ? [spoolSource(spool, moment, here)] : []),
    healthSource({ ...moment, config, github, timed, world: here }),
  ];
}
