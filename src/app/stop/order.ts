import type { Agent } from '../../core/agent.ts';
import { attempt, type Failure } from '../../core/failure.ts';
import type { CountedReceipt, HaltScope, HeldWorkflow, StopReceipt } from '../../core/halt.ts';
import type { RunStatus } from '../../core/run.ts';
import { plainLine } from '../../core/text.ts';
import type { GitHub } from '../../github/port.ts';
import { declare, type StopWish } from '../../responses/stop/declare.ts';
import { type HaltState, haltFold, isWhole } from '../../responses/stop/log.ts';
import { observe } from '../../responses/stop/observe.ts';
import { isOfAgents } from '../../responses/stop/pulls.ts';
import type { ReceiptFrame } from '../../surfaces/receipt.ts';
import { recordKeyOf } from '../ledger/signed-ledger.ts';
import type { World } from '../shell/world.ts';
import { leversOf } from './levers.ts';
import { type FoundTargets, findTargets, type KnownAgents, lookAround, type StopOrder } from './scene.ts';
import { stop } from './stop.ts';
import { type HaltStory, tellOfHalt, tellUnlogged } from './tell-halt.ts';
import { believedStops, claimedStops, type StopIssues } from './unlogged.ts';

/** A stop that was carried out, with everything people are told about it. */
export interface Stopped {
  readonly receipt: StopReceipt;
  /** `whole` is also false when not all agents could be found. */
  readonly frame: ReceiptFrame;
  /** Address of its issue; null when it could not be written. */
  readonly issue: string | null;
}

/** What a stop would do, for programs and people. */
export interface Rehearsed {
  readonly repo: string;
  readonly dryRun: true;
  readonly scope: HaltScope;
  /** Only the active ones would be disabled. */
  readonly workflows: readonly Pick<HeldWorkflow, 'path' | 'before'>[];
  readonly runs: readonly { readonly id: number; readonly workflow: string; readonly before: RunStatus }[];
  /** Numbers of open pull requests that would be held back. */
  readonly pulls: readonly number[];
  /** Agents in the scope that are left alone. */
  readonly spared: readonly string[];
  readonly ledger: string;
  readonly notes: readonly string[];
  /** False when something could not be read, so that this is not all. */
  readonly complete: boolean;
}

/**
 * Stops agents, proves it, and reports it in an issue. If something cannot be read or reported (configuration, ledger, issue),
 * the stop notes it and goes on.
 * @throws UsageError when no agent has a name that was given, or no stop touches any that was meant.
 */
export async function carryOutStop(order: StopOrder, world: World): Promise<Stopped> {
  const scene = await lookAround(order, world);
  const { config, github, ledger, now } = scene;
  const found = findTargets(order.agents, scene);
  const { grace, deadline, reserve } = config.stop;
  const issues = await issuesOf(scene, world.env);
  const receipt = await stop({
    repo: order.repo,
    now,
    by: world.by,
    ledger,
    github,
    agents: scene.agents,
    spared: scene.spared,
    scope: found.scope,
    initiator: order.initiator,
    reason: order.reason,
    levers: leversOf(config.stop, github, world.env),
    issues,
    sleep: world.sleep,
    limits: { grace, deadline, reserve },
    progress: order.progress,
  });
  const missed = untouched(found, scene, receipt);
  const whole = isWhole(receipt) && missed.length === 0 && !scene.mayMissAgents(found.scope);
  const frame = { repo: order.repo, ledger: ledger.place, whole, notes: [...scene.notes, ...found.notes, ...missed] };
  return await told(receipt, frame, { config, github, ledger, issues, by: world.by });
}

/**
 * Agents the stop was meant for but found no workflow of: people must not believe that they are off. For an agent that no longer
 * exists that is as it should be, unless it was named.
 */
function untouched(
  { scope, targets: { agents } }: FoundTargets,
  { bygone }: KnownAgents,
  { workflows }: StopReceipt,
): readonly string[] {
  if (agents.length === 0) return ['No agent is known here, so nothing was stopped. Name them under `agents:`.'];
  const paths = new Set(workflows.filter(({ id }) => id !== 0).map(({ path }) => path));
  return agents
    .filter(({ workflow }) => !paths.has(workflow) && !(scope.kind === 'all' && bygone.has(workflow)))
    .map(({ name, workflow }) =>
      plainLine(
        `GitHub has no workflow ${workflow}, so nothing of ${name} was stopped. See whether the path is right.`,
        500,
      ),
    );
}

interface Tools extends Pick<KnownAgents, 'config' | 'github' | 'ledger'> {
  readonly by: string;
  readonly issues: StopIssues;
}

async function issuesOf(
  { github, config }: Pick<KnownAgents, 'github' | 'config'>,
  env: World['env'],
): Promise<StopIssues> {
  return { api: github.issues, labels: config.issues.labels, key: await recordKeyOf(env) };
}

async function told(receipt: StopReceipt, frame: ReceiptFrame, tools: Tools): Promise<Stopped> {
  const issue = await attempt(() => tell(receipt, frame.repo, tools));
  if (issue.ok && issue.value !== null) return { receipt, frame, issue: issue.value };
  const note = issue.ok ? NOT_TOLD : `The issue of the stop could not be written: ${sentence(issue.failure)}`;
  return { receipt, frame: { ...frame, notes: [...frame.notes, note] }, issue: null };
}

const NOT_TOLD = 'No issue was opened for this stop: a later one, or the resume that ended it, has told what is so.';

async function tell(
  receipt: StopReceipt,
  repo: string,
  { config, github, ledger, issues, by }: Tools,
): Promise<string | null> {
  const place = { repo, ledger: ledger.place, labels: config.issues.labels };
  const { generation, ...terms } = receipt.halt;
  if (generation === null) return await tellUnlogged(issues, receipt, by, place);
  const read = await attempt(() => ledger.read());
  const own = { ...receipt, halt: { ...terms, generation } };
  return await tellOfHalt(github.issues, storyNow(own, read.ok ? read.value.state.halt : null), place);
}

/** The story as the ledger has it, including what somebody has resumed meanwhile; else from the receipt, which may know more. */
function storyNow(receipt: CountedReceipt, state: HaltState | null): HaltStory {
  const story = { receipt, resumptions: [], held: [], isOver: false, takenOver: state?.unlogged ?? [] };
  if (state === null || state.generation !== receipt.halt.generation) return story;
  const paths = state.held.map(({ path }) => path);
  return { ...story, resumptions: state.resumptions, held: paths, isOver: state.halt === null };
}

/**
 * Looks at what a stop would do, and changes nothing.
 * @throws UsageError like the stop itself.
 */
export async function rehearseStop(order: StopOrder, world: World): Promise<Rehearsed> {
  const scene = await lookAround(order, world);
  const { github, state, now } = scene;
  const { scope, targets, notes } = findTargets(order.agents, scene);
  const remote = await attempt(() => github.actions.workflows());
  const unlogged = await attempt(() => unloggedNow(scene, remote.ok ? remote.value : null, world.env));
  const { held } = declare(state?.halt ?? haltFold.initial, {
    scope,
    by: order.initiator,
    reason: order.reason,
    at: now(),
    paths: targets.agents.map(({ workflow }) => workflow),
    remote: remote.ok ? remote.value : null,
    unlogged: unlogged.ok ? unlogged.value : [],
  });
  const runs = await liveRuns(scene, held);
  const pulls = await heldPulls(github, scope, targets.agents);
  const unread = [...(remote.ok ? [] : [sentence(remote.failure)]), ...runs.unread, ...pulls.unread];
  return {
    repo: order.repo,
    dryRun: true,
    scope,
    workflows: held.map(({ path, before }) => ({ path, before })),
    runs: runs.runs,
    pulls: pulls.numbers,
    spared: targets.spared,
    ledger: scene.ledger.place,
    notes: [...scene.notes, ...notes, ...leverNotes(scene, scope), ...new Set(unread)],
    complete: unread.length === 0 && !scene.mayMissAgents(scope),
  };
}

async function unloggedNow(
  { github, config, agents, spared, now }: KnownAgents,
  remote: StopWish['remote'],
  env: World['env'],
): Promise<StopWish['unlogged']> {
  const { stops } = await claimedStops(await issuesOf({ github, config }, env), github.repo);
  return await believedStops(stops, { agents, spared, remote, pulls: github.pulls, now: now() });
}

/** Does not look at the levers: they would be told the same whatever their state. */
function leverNotes({ config }: KnownAgents, scope: HaltScope): readonly string[] {
  const { variable, webhook } = config.stop;
  return [
    ...(variable === null || scope.kind !== 'all' ? [] : [`The variable ${variable} would be set.`]),
    ...(webhook === null ? [] : [`The webhook of ${webhook.url_env} would be called.`]),
  ];
}

interface LiveRuns extends Pick<Rehearsed, 'runs'> {
  readonly unread: readonly string[];
}

async function liveRuns(
  { github, now }: Pick<KnownAgents, 'github' | 'now'>,
  held: readonly HeldWorkflow[],
): Promise<LiveRuns> {
  const { runs } = await observe(github, held, now);
  const lists = [...runs].map(([workflow, list]) => ({ workflow, list }));
  return {
    runs: lists.flatMap(({ workflow, list }) =>
      list.ok ? list.value.map(({ id, status }) => ({ id, workflow, before: status })) : [],
    ),
    unread: lists.flatMap(({ list }) => (list.ok ? [] : [sentence(list.failure)])),
  };
}

interface HeldNumbers {
  readonly numbers: readonly number[];
  readonly unread: readonly string[];
}

async function heldPulls({ pulls }: GitHub, scope: HaltScope, agents: readonly Agent[]): Promise<HeldNumbers> {
  const open = await attempt(() => pulls.open());
  if (!open.ok) return { numbers: [], unread: [sentence(open.failure)] };
  return {
    numbers: open.value.filter((pull) => isOfAgents(pull, scope, agents)).map(({ number }) => number),
    unread: [],
  };
}

function sentence(failure: Failure): string {
  return plainLine(`${failure.message}. ${failure.remedy}.`, 1_000);
}
