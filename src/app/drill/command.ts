import type { Initiator } from '../../core/halt.ts';
import { RESPONSE_KINDS } from '../../core/response.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { WatchJob } from '../job.ts';
import { DEFAULT_ADDRESS, openLedger } from '../ledger/open-ledger.ts';
import { ledgerAddressOf, ownBranchOf } from '../ledger/place.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { connect } from '../shell/connect.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { loadLocalConfig, loadRemoteConfig } from '../shell/load-config.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { prepareWatch } from '../watch/prepare.ts';
import { DRILL_LIMITS, drill, drillEvent } from './drill.ts';
import { dryDrill } from './dry-drill.ts';
import { type DrillReport, drillReport, drillText, writeBadge } from './report.ts';

/** A drill as ordered on the command line or as an action. */
export interface DrillOrder {
  readonly repo: string;
  /** Null: what the configuration says, else the branch of the repository that everybody looks at. */
  readonly ledger: string | null;
  readonly config: { readonly local: string } | { readonly remote: string };
  readonly initiator: Initiator;
  readonly progress: WatchJob['progress'];
}

/** A finished drill, and where it is recorded. */
export interface HeldDrill {
  readonly report: DrillReport;
  readonly ledger: Ledger<LedgerState>;
}

/** `checkrein drill` on the command line. */
export async function drillCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'drill' takes options only, but got ${unexpected(invocation.operands)}.`);
  }
  const { report, ledger } = invocation.has('dry')
    ? await holdDryDrill(invocation, world)
    : await holdDrill(orderOf(invocation, world), world);
  clearLine(world.err);
  world.out.write(invocation.has('json') ? jsonLine(report) : drillText(report));
  const badge = invocation.value('badge');
  if (badge !== null) await writeBadge(badge, ledger);
  return report.ok ? EXIT.done : EXIT.failed;
}

/**
 * Runs a live drill.
 * @throws OutsideFailure when it is refused; UsageError when the configuration is wrong.
 */
export async function holdDrill(order: DrillOrder, world: World): Promise<HeldDrill> {
  const { repo, initiator, progress } = order;
  const github = await connect(repo, world, null);
  const { config } =
    'local' in order.config
      ? await loadLocalConfig(order.config.local)
      : await loadRemoteConfig(github, order.config.remote);
  const address = ledgerAddressOf(repo, order.ledger, config.ledger, world);
  const { now, by, sleep } = world;
  const ledger = await openLedger(address, { world, now, repo, github });
  const record = await drill({ repo, now, by, ledger, github, initiator, limits: DRILL_LIMITS, sleep, progress });
  return { report: drillReport(repo, record, null), ledger };
}

function orderOf(invocation: Invocation, world: World): DrillOrder {
  const repo = invocation.value('repo');
  if (repo === null) throw new UsageError("'drill' needs --repo OWNER/NAME, or --dry to touch nothing outside.");
  const local = invocation.value('config');
  return {
    repo,
    ledger: invocation.value('ledger'),
    config: local === null ? { remote: CONFIG_PATH } : { local },
    initiator: { kind: 'operator', login: null },
    progress: progressOn(world.err),
  };
}

async function holdDryDrill(invocation: Invocation, world: World): Promise<HeldDrill> {
  const repo = invocation.value('repo');
  const local = invocation.value('config');
  const { job } = await prepareWatch(
    {
      repo,
      ledger: invocation.value('ledger'),
      defaultLedger: repo === null ? DEFAULT_ADDRESS : ownBranchOf(repo),
      config: local === null && repo !== null ? { remote: CONFIG_PATH } : { local },
      sessions: [],
      agent: null,
      dryRun: false,
      apply: RESPONSE_KINDS,
      hears: null,
      gather: false,
      now: null,
      trigger: { name: 'drill', run: null, late: null },
      namedRuns: [],
      progress: progressOn(world.err),
    },
    world,
  );
  const { record, ...incident } = await dryDrill(job);
  await job.ledger.append(() => [drillEvent({ repo: job.repo, by: job.by, now: world.now }, job.now, record)]);
  return { report: drillReport(job.repo, record, incident), ledger: job.ledger };
}
