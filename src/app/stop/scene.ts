import type { Config } from '../../config/schema.ts';
import type { Agent } from '../../core/agent.ts';
import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { HaltScope, Initiator } from '../../core/halt.ts';
import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import { type Spared, type Targets, targetsOf } from '../../responses/stop/targets.ts';
import { agentsFold } from '../../sources/agents/fold.ts';
import type { WatchJob } from '../job.ts';
import { type LedgerOptions, openLedger, shortLived } from '../ledger/open-ledger.ts';
import { ledgerAddressOf, ownBranchOf } from '../ledger/place.ts';
import { connect, STOP_CALLS } from '../shell/connect.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { loadLocalConfig, loadRemoteConfig } from '../shell/load-config.ts';
import { presentClock } from '../shell/present-moment.ts';
import { quoted } from '../shell/quoted.ts';
import { UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { agentsNow } from './agents-now.ts';

/** What to stop, as ordered on the command line or as an action. */
export interface StopOrder {
  readonly repo: string;
  /** Null: what the configuration says, else the branch of the repository that everybody looks at. */
  readonly ledger: string | null;
  readonly config: { readonly local: string } | { readonly remote: string };
  /** Names; null for every agent. */
  readonly agents: readonly string[] | null;
  readonly reason: string;
  readonly initiator: Initiator;
  /** The moment to use as the present; null for the clock's. */
  readonly now: string | null;
  readonly progress: WatchJob['progress'];
}

/** What a stop works on, as far as it could be seen. */
export interface KnownAgents {
  readonly config: Config;
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  /** Null when the ledger could not be read. */
  readonly state: LedgerState | null;
  /** Runs on from the moment that is used as the present. */
  readonly now: () => Instant;
  readonly agents: readonly Agent[];
  /** Paths of agents that are no longer on the default branch. Their file need not be on GitHub at all. */
  readonly bygone: ReadonlySet<string>;
  readonly spared: Spared;
  /** What could not be read, and what is done anyway, one line each. */
  readonly notes: readonly string[];
  /** True for a scope that may contain agents nobody could see. */
  readonly mayMissAgents: (scope: HaltScope) => boolean;
}

/** Whom a stop is about. */
export interface FoundTargets {
  readonly scope: HaltScope;
  readonly targets: Targets;
  readonly notes: readonly string[];
}

/**
 * Finds the agents of a repository as they are now. Neither a broken configuration nor a ledger that is away or cannot be opened
 * keeps a person from stopping them: then the defaults apply, and the agents are those GitHub shows.
 * @throws UsageError when the order itself cannot be understood.
 */
export async function lookAround(order: StopOrder, world: World): Promise<KnownAgents> {
  const now = presentClock(order.now, world);
  const github = await connect(order.repo, world, null, STOP_CALLS);
  const { config, note } = await configOf(order, github);
  const { ledger, remarks } = await openLedgerOf(order, config, { world, now, repo: order.repo, github });
  order.progress('finding the agents', 0, 1);
  const read = await attempt(() => ledger.read());
  const state = read.ok ? read.value.state : null;
  const known = state?.agents ?? agentsFold.initial;
  const { found, bygone, spared, failure } = await agentsNow({ github, config, env: world.env, now: now() }, known);
  return {
    ...{ config, github, ledger, state, now },
    agents: [...found.agents, ...bygone],
    bygone: new Set(bygone.map(({ workflow }) => workflow)),
    spared,
    notes: [
      ...(note === null ? [] : [note]),
      ...remarks,
      ...(read.ok ? [] : [unreadLedger(ledger.place, read.failure)]),
      ...(failure === null ? [] : [unseenAgents(failure)]),
      ...found.complaints,
    ].map((text) => plainLine(text, 1_000)),
    mayMissAgents: (scope) => scope.kind === 'all' && failure !== null,
  };
}

interface LedgerForStop {
  readonly ledger: Ledger<LedgerState>;
  readonly remarks: readonly string[];
}

/** Only an address named on the command line must be right. Any other falls back to the branch of the repository. */
async function openLedgerOf(order: StopOrder, config: Config, options: LedgerOptions): Promise<LedgerForStop> {
  const usual = ownBranchOf(order.repo);
  const address = ledgerAddressOf(order.repo, order.ledger, config.ledger, options.world);
  try {
    const remark = shortLived(address, options.world);
    return { ledger: await openLedger(address, options), remarks: remark === null ? [] : [remark] };
  } catch (error) {
    if (!(error instanceof UsageError) || order.ledger !== null || address === usual) throw error;
    const remark =
      `The ledger of the configuration could not be opened, so the stop is in ${usual}. ${error.message} ` +
      `To bring back what it stopped: checkrein resume --repo ${order.repo} --ledger ${usual}`;
    return { ledger: await openLedger(usual, options), remarks: [remark] };
  }
}

interface ConfigForStop {
  readonly config: Config;
  readonly note: string | null;
}

/** Only a file named on the command line must be right: the person who named it is there to fix it. */
async function configOf({ config: from }: StopOrder, github: GitHub): Promise<ConfigForStop> {
  if ('local' in from) return { config: (await loadLocalConfig(from.local)).config, note: null };
  try {
    return { config: (await loadRemoteConfig(github, from.remote)).config, note: null };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof OutsideFailure)) throw error;
    const { defaultConfig } = await import('../../config/parse.ts');
    return {
      config: defaultConfig(),
      note: `The configuration ${from.remote} could not be used, so the stop worked with the defaults. ${error.message}`,
    };
  }
}

function unreadLedger(place: string, failure: Failure): string {
  return `The ledger ${place} could not be read, so the agents were looked up on GitHub alone. ${failure.message}. ${failure.remedy}.`;
}

function unseenAgents({ message, remedy }: Failure): string {
  return `Not all workflows could be read, so there may be agents that were not stopped. ${message}. ${remedy}.`;
}

/**
 * Whom an order means.
 * @throws UsageError when no agent has a name that was given, or no stop touches any that was meant.
 */
export function findTargets(names: readonly string[] | null, { agents, spared, notes }: KnownAgents): FoundTargets {
  const scope: HaltScope =
    names === null
      ? { kind: 'all' }
      : { kind: 'agents', names: [...new Set(names.flatMap((name) => namesMeant(name, agents)))].sort() };
  const targets = targetsOf(agents, scope, spared);
  const [unknown] = targets.unknown;
  if (unknown !== undefined) throw new UsageError(noSuchAgent(unknown, agents, notes));
  if (scope.kind === 'agents' && targets.agents.length === 0) {
    throw new UsageError(
      `No stop touches ${targets.spared.join(', ')}: what protects the repository and Checkrein itself are left alone. ` +
        'Disable the workflow by hand where it must be.',
    );
  }
  const left = plainLine(targets.spared.join(', '), 500);
  return {
    scope,
    targets,
    notes: left === '' ? [] : [`Left alone, as protecting the repository or Checkrein's own: ${left}.`],
  };
}

/**
 * The agents that somebody in a hurry means: by exact name, else by name in any case, else by the workflow or its file as GitHub
 * shows them. The text itself if there are none.
 */
function namesMeant(text: string, agents: readonly Agent[]): readonly string[] {
  const low = text.toLowerCase();
  const ways: readonly ((agent: Agent) => boolean)[] = [
    ({ name }) => name === text,
    ({ name }) => name.toLowerCase() === low,
    ({ workflow }) => workflow.toLowerCase() === low,
    ({ workflow }) => workflow.toLowerCase().replace(/^.*\//, '') === low,
    ({ workflow }) => workflow.toLowerCase().replace(/^.*\/|\.ya?ml$/g, '') === low,
  ];
  const meant = ways.map((isMeant) => agents.filter(isMeant)).find((found) => found.length > 0);
  return meant?.map(({ name }) => name) ?? [text];
}

/** A longer list of names helps nobody. */
const MOST_NAMES = 20;

function noSuchAgent(name: string, agents: readonly Agent[], notes: readonly string[]): string {
  const names = agents.map((agent) => agent.name).sort();
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const known =
    names.length === 0 ? 'No agent is known.' : `The agents are: ${names.slice(0, MOST_NAMES).join(', ')}${more}.`;
  return [`There is no agent ${quoted(name)}.${didYouMean(name, names)} ${known} Nothing was stopped.`, ...notes].join(
    ' ',
  );
}
