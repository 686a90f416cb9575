import type { Agent } from '../../core/agent.ts';
import { attempt, type Failure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import type { Watermark } from '../../core/work-events.ts';
import type { GitHub } from '../../github/port.ts';
import { type Gathered, gather } from '../progress.ts';
import { type Harvest, type KnownStatus, startHarvest } from './harvest.ts';
import { formatProgress, parseProgress, type WorkflowProgress } from './parse.ts';
import {
  keepReserve,
  OVERLAP,
  type Target,
  unchangedBefore,
  type Walk,
  walkHistory,
  walkNewest,
  walkSteady,
} from './walk.ts';

/** With more agents than this, one list of the whole repository is cheaper than one list per agent. */
const OWN_LISTS = 8;

/** A workflow that was last read longer ago than this is read in windows again. */
const FAR_BEHIND: Duration = 2 * DAY;

export interface RunsRequest {
  readonly github: GitHub;
  readonly now: Instant;
  readonly agents: readonly Agent[];
  /** The position of this source, from `watermarkOf(state, 'actions-runs')`. */
  readonly watermark: Watermark | null;
  /** The status of an attempt in the ledger. Null when it has none. */
  readonly known: KnownStatus;
  /** Runs to look at even if no list shows them: the one that woke us, and those that had not ended when last seen. */
  readonly also: readonly number[];
  /** How far back the first reading goes. Defaults to 30 days. */
  readonly lookBack?: Duration;
  /** How many requests are left for others. Defaults to 200. */
  readonly reserve?: number;
}

/** Gathers every attempt of all agents' runs since the last time. */
export async function gatherRuns(request: RunsRequest): Promise<Gathered> {
  const { github, now, known } = request;
  const moment = { repo: github.repo, now };
  return await gather('actions-runs', moment, async () => {
    const harvest = startHarvest(github, known, moment);
    const reading = await readAll(request, { github, harvest, now, reserve: request.reserve ?? 200 });
    return {
      events: harvest.events(),
      complaints: harvest.complaints(),
      watermark: formatProgress([...reading.progress.values()]),
      items: harvest.looked(),
      failure: reading.failure(),
    };
  });
}

/** What is learned along the way: how far each workflow was read, and what went wrong. */
interface Reading {
  readonly progress: ReadonlyMap<string, WorkflowProgress>;
  readonly done: (progress: WorkflowProgress) => void;
  /** Runs a piece of work. False when nothing more should be tried. */
  readonly carryOn: (target: Target | null, work: () => Promise<void>) => Promise<boolean>;
  readonly failure: () => Failure | null;
}

async function readAll(request: RunsRequest, walk: Walk): Promise<Reading> {
  const { agents, now } = request;
  const paths = new Set(agents.map(({ workflow }) => workflow));
  const before = parseProgress(request.watermark).filter(({ workflow }) => paths.has(workflow));
  const reading = startReading(before, walk.harvest);
  const targets = await findTargets(request, reading.progress);
  const steady = targets.filter((target) => isSteady(reading.progress.get(target.agent.workflow), now));
  const behind = targets.filter((target) => !steady.includes(target));
  const goesOn =
    (await readSteady(walk, reading, steady)) &&
    (await readBehind(walk, reading, behind, request.lookBack ?? 30 * DAY));
  if (goesOn) await readAlso(walk, reading, targets, request.also);
  return reading;
}

function isSteady(progress: WorkflowProgress | undefined, now: Instant): boolean {
  return progress?.caughtUp === true && progress.through >= after(now, -FAR_BEHIND);
}

/** The ids of the agents' workflows. GitHub is asked only if one was never read. */
async function findTargets(
  { github, agents }: RunsRequest,
  progress: ReadonlyMap<string, WorkflowProgress>,
): Promise<readonly Target[]> {
  const allKnown = agents.every(({ workflow }) => progress.has(workflow));
  const remote = allKnown ? [] : await github.actions.workflows();
  return agents.flatMap((agent) => {
    const id = progress.get(agent.workflow)?.id ?? remote.find(({ path }) => path === agent.workflow)?.id;
    // A file for which GitHub has no workflow has never run.
    return id === undefined ? [] : [{ agent, id }];
  });
}

function startReading(before: readonly WorkflowProgress[], harvest: Harvest): Reading {
  const progress = new Map(before.map((entry) => [entry.workflow, entry]));
  let failure: Failure | null = null;
  let failures = 0;
  const carryOn: Reading['carryOn'] = async (target, work) => {
    const result = await attempt(work);
    if (result.ok) return true;
    if (result.failure.kind === 'not_found' || result.failure.kind === 'budget_spent') {
      harvest.complain(`${nameOf(target)}${result.failure.message}`);
      // The workflow may have been recreated under another id, which the next run will ask for.
      if (target !== null && result.failure.kind === 'not_found') progress.delete(target.agent.workflow);
      return result.failure.kind === 'not_found';
    }
    failure ??= result.failure;
    failures += 1;
    // One workflow may have trouble of its own. Two in a row mean that GitHub has.
    return failures < 2 && (result.failure.kind === 'unavailable' || result.failure.kind === 'unreadable');
  };
  const done: Reading['done'] = (entry) => progress.set(entry.workflow, entry);
  return { progress, done, carryOn, failure: () => failure };
}

function nameOf(target: Target | null): string {
  return target === null ? '' : `${plainLine(target.agent.name)}: `;
}

async function readSteady(walk: Walk, reading: Reading, targets: readonly Target[]): Promise<boolean> {
  if (targets.length > OWN_LISTS) {
    let reached = false;
    const goesOn = await reading.carryOn(null, async () => {
      reached = await readTogether(walk, reading, targets);
    });
    if (reached || !goesOn) return goesOn;
  }
  for (const target of targets) {
    const progress = reading.progress.get(target.agent.workflow);
    if (progress === undefined) continue;
    const goesOn = await reading.carryOn(target, () => walkSteady(walk, target, progress, reading.done));
    if (!goesOn) return false;
  }
  return true;
}

/**
 * Reads one list of all runs of the repository. False when so much else runs there that this costs more than one list per agent.
 */
async function readTogether(walk: Walk, reading: Reading, targets: readonly Target[]): Promise<boolean> {
  const byId = new Map(targets.map((target) => [target.id, target]));
  const throughs = targets.map(({ agent }) => reading.progress.get(agent.workflow)?.through ?? walk.now).sort();
  const until = after(throughs[0] ?? walk.now, -OVERLAP);
  const reached = await walkNewest(walk, {}, until, targets.length, async (run) => {
    const target = byId.get(run.workflowId);
    if (target === undefined) return;
    const progress = reading.progress.get(target.agent.workflow) ?? null;
    await walk.harvest.take(run, target.agent, unchangedBefore(progress));
  });
  if (!reached) return false;
  for (const { agent, id } of targets) {
    reading.done({ workflow: agent.workflow, id, through: walk.now, caughtUp: true });
  }
  return true;
}

async function readBehind(
  walk: Walk,
  reading: Reading,
  targets: readonly Target[],
  lookBack: Duration,
): Promise<boolean> {
  for (const target of targets) {
    const progress = reading.progress.get(target.agent.workflow);
    const from =
      progress === undefined ? after(walk.now, -lookBack) : after(progress.through, progress.caughtUp ? -OVERLAP : 0);
    const goesOn = await reading.carryOn(target, () => walkHistory(walk, target, from, reading.done));
    if (!goesOn) return false;
  }
  return true;
}

async function readAlso(
  walk: Walk,
  reading: Reading,
  targets: readonly Target[],
  also: readonly number[],
): Promise<void> {
  const byId = new Map(targets.map((target) => [target.id, target]));
  for (const id of new Set(also)) {
    if (walk.harvest.has(id)) continue;
    const goesOn = await reading.carryOn(null, async () => {
      keepReserve(walk.github, walk.reserve);
      const run = await walk.github.actions.run(id);
      const target = byId.get(run.workflowId);
      if (target !== undefined) await walk.harvest.take(run, target.agent, null);
    });
    if (!goesOn) return;
  }
}
