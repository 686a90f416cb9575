import type { Config } from '../../config/schema.ts';
import { attempt, type Failure } from '../../core/failure.ts';
import type { Initiator } from '../../core/halt.ts';
import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import { type HaltState, isSameStop } from '../../responses/stop/log.ts';
import { planResume } from '../../responses/stop/resume.ts';
import { closeUnlogged } from '../../responses/stop/tell.ts';
import { everKnown } from '../../sources/agents/fold.ts';
import { type ResumeReport, resumeReport } from '../../surfaces/resumption.ts';
import type { WatchJob } from '../job.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { ledgerAddressOf } from '../ledger/place.ts';
import { recordKeyOf } from '../ledger/signed-ledger.ts';
import { connect } from '../shell/connect.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { loadLocalConfig, loadRemoteConfig } from '../shell/load-config.ts';
import { presentClock } from '../shell/present-moment.ts';
import { quoted } from '../shell/quoted.ts';
import { UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { knownFrom } from './agents-now.ts';
import { leversOf } from './levers.ts';
import { causeHolds, resume } from './resume.ts';
import { storyOf, tellOfHalt } from './tell-halt.ts';
import { takeInUnlogged, unprovenWords } from './unlogged.ts';

/** What to resume, as ordered on the command line or as an action. */
export interface ResumeOrder {
  readonly repo: string;
  /** Null: what the configuration says, else the branch of the repository that everybody looks at. */
  readonly ledger: string | null;
  readonly config: { readonly local: string } | { readonly remote: string };
  /** Names of agents; null for everything the stop holds. */
  readonly agents: readonly string[] | null;
  /** Number of the stop that is meant; null for the one in force at the beginning. */
  readonly generation: number | null;
  /** The agent that is resumed first, on its own; null for all at once. */
  readonly canary: string | null;
  /** Resume although the cause still holds. */
  readonly anyway: boolean;
  readonly reason: string;
  readonly initiator: Initiator;
  readonly now: string | null;
  readonly progress: WatchJob['progress'];
  /** Says why the caller may not resume; null when they may. */
  readonly refuse: (github: GitHub, config: Config) => Promise<string | null>;
}

/** How it ended. A refusal has changed nothing. */
export type ResumeEnd =
  | {
      readonly kind: 'refused';
      readonly why: string;
      /** Whether the reason is that the cause of the stop still holds. */
      readonly causeHolds: boolean;
    }
  | { readonly kind: 'resumed'; readonly report: ResumeReport };

/**
 * Switches on what the stop in force has switched off, and says so in its issue.
 * @throws UsageError when the stop holds no agent of a name that was given; OutsideFailure when ledger or GitHub cannot be asked.
 */
export async function carryOutResume(order: ResumeOrder, world: World): Promise<ResumeEnd> {
  const now = presentClock(order.now, world);
  const { repo, initiator, reason, anyway, progress } = order;
  const github = await connect(repo, world, null);
  const config = await configOf(order, github);
  const denied = await order.refuse(github, config);
  if (denied !== null) return { kind: 'refused', why: denied, causeHolds: false };
  const address = ledgerAddressOf(repo, order.ledger, config.ledger, world);
  const ledger = await openLedger(address, { world, now, repo, github });
  const issues = { api: github.issues, labels: config.issues.labels, key: await recordKeyOf(world.env) };
  const known = knownFrom({ github, config, env: world.env, now });
  const { state: before } = await ledger.read();
  const taken = await attempt(() => takeInUnlogged({ repo, now, ledger, github, issues, known }));
  const unseen = taken.ok ? unprovenWords(taken.value.unproven) : [unseenStops(taken.failure)];
  const { state } = await ledger.read();
  const generation = meantBy(order, before.halt, taken.ok && taken.value.taken ? state.halt : null);
  const wish = { ...wishOf(order, state, now()), generation, anyway, reason };
  const plan = planResume(state.halt, await github.actions.workflows(), { ...wish, causeHolds: causeHolds(state) });
  if (plan.kind === 'refused')
    return { kind: 'refused', why: `${plan.why}. ${plan.remedy}.`, causeHolds: plan.causeHolds ?? false };
  progress('switching on', 0, 1);
  const levers = leversOf(config.stop, github, world.env);
  const { grace, deadline, reserve } = config.stop;
  const limits = { grace, deadline, reserve };
  const job = { repo, now, by: world.by, ledger, github, initiator, sleep: world.sleep, limits };
  const resumed = await resume({ ...job, levers, wish });
  const isOver = (await ledger.read()).state.halt.halt === null;
  const report = resumeReport({ repo, ...resumed, isOver, ledger: ledger.place, issue: null, notes: unseen });
  return { kind: 'resumed', report: await told(report, { github, ledger, config }) };
}

function unseenStops({ message, remedy }: Failure): string {
  return plainLine(
    `Whether there was a stop that is not in the ledger could not be seen: ${message}. ${remedy}.`,
    1_000,
  );
}

interface Tools {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
}

async function told(report: ResumeReport, { github, ledger, config }: Tools): Promise<ResumeReport> {
  const issue = await attempt(async () => {
    const { halt } = (await ledger.read()).state;
    const { labels } = config.issues;
    const story = storyOf(halt);
    if (story !== null) return tellOfHalt(github.issues, story, { repo: report.repo, ledger: ledger.place, labels });
    // A stop that died before its receipt has no issue, unless it could not be recorded anywhere else.
    if (halt.halt === null) await closeUnlogged(github.issues, labels[0] ?? 'checkrein', halt.unlogged);
    return null;
  });
  if (issue.ok) return { ...report, issue: issue.value };
  const { message, remedy } = issue.failure;
  return {
    ...report,
    notes: [...report.notes, plainLine(`The issue of the stop could not be changed: ${message}. ${remedy}.`, 1_000)],
  };
}

/**
 * The stop that is meant. It includes stops that no ledger could take in and that this resume has just taken in. Then it has a
 * new number, the one after that of the stop that was meant. Any other stop that has come into force is not meant.
 * @param taken the ledger once forgotten stops were taken in; null when there were none.
 */
function meantBy({ generation }: Pick<ResumeOrder, 'generation'>, before: HaltState, taken: HaltState | null): number {
  const meant = generation ?? before.generation;
  const isOnlyOurs = taken !== null && taken.generation === before.generation + 1 && isSameStop(before, meant);
  return isOnlyOurs ? taken.generation : meant;
}

/** Unlike a stop, a resume waits until the configuration is valid: it says who may resume. */
async function configOf({ config: from }: ResumeOrder, github: GitHub): Promise<Config> {
  const loaded = await ('local' in from ? loadLocalConfig(from.local) : loadRemoteConfig(github, from.remote));
  return loaded.config;
}

interface Wish {
  readonly paths: readonly string[] | null;
  readonly stage: 'all' | 'canary';
  readonly canary: string | null;
}

/**
 * Reads what to resume.
 * @throws UsageError when the stop holds no agent of a name that was given.
 */
function wishOf({ agents, canary }: ResumeOrder, state: LedgerState, now: Instant): Wish {
  // Without a stop there are no names to look up, and the plan reports that.
  if (state.halt.halt === null) return { paths: null, stage: 'all', canary: null };
  const held = heldByName(state, now);
  const first = canary === null ? null : pathOf(canary, held);
  const named = agents === null ? null : agents.map((name) => pathOf(name, held));
  return {
    paths: named === null ? null : [...new Set([...named, ...(first === null ? [] : [first])])],
    stage: first === null ? 'all' : 'canary',
    canary: first,
  };
}

/** The workflows the stop holds, by agent name. An agent that is no longer known has the name of its file. */
function heldByName({ halt, agents }: LedgerState, now: Instant): ReadonlyMap<string, string> {
  const names = new Map(everKnown(agents, now).map(({ workflow, name }) => [workflow, name]));
  return new Map(halt.held.map(({ path }) => [names.get(path) ?? fileName(path), path]));
}

function fileName(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.ya?ml$/i, '');
}

function pathOf(name: string, held: ReadonlyMap<string, string>): string {
  const path = held.get(name);
  if (path !== undefined) return path;
  const names = [...held.keys()].sort();
  throw new UsageError(
    `The stop holds no agent ${quoted(name)}.${didYouMean(name, names)} It holds: ${names.join(', ')}. Nothing was resumed.`,
  );
}
