import type { Agent } from '../../core/agent.ts';
import { OutsideFailure } from '../../core/failure.ts';
import { after, between, DAY, type Duration, fromMs, type Instant, MINUTE, SECOND, toMs } from '../../core/time.ts';
import type { GitHub, RunQuery } from '../../github/port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import type { Harvest } from './harvest.ts';
import type { WorkflowProgress } from './parse.ts';

/** Runs created up to this long before the watermark are checked again, because they may have ended since. */
export const OVERLAP: Duration = DAY;

/** The most that GitHub shows of any filtered list of runs, whatever total it reports. */
const SHOWN = 1_000;

/** If one workflow's list since the last time is longer than this, it is read in windows, which can be resumed. */
const STEADY_PAGES = 10;

/** GitHub's lists may lag behind its events by this much. */
const LAG = 10 * MINUTE;

/** An agent and the id under which GitHub lists its workflow's runs. */
export interface Target {
  readonly agent: Agent;
  readonly id: number;
}

export interface Walk {
  readonly github: GitHub;
  readonly harvest: Harvest;
  readonly now: Instant;
  /** Collecting ends when no more than this many requests are left, so that the stop can still act. */
  readonly reserve: number;
}

/** Runs unchanged since before this moment were taken earlier. Null while the history is being read. */
export function unchangedBefore(progress: WorkflowProgress | null): Instant | null {
  return progress?.caughtUp ? after(progress.through, -LAG) : null;
}

/** Reads newest first and without a filter, until older than `until`. False if it gave up after `maxPages`. */
export async function walkNewest(
  walk: Walk,
  query: Omit<RunQuery, 'page'>,
  until: Instant,
  maxPages: number,
  take: (run: RemoteRun) => Promise<void>,
): Promise<boolean> {
  for (let page = 1; page <= maxPages; page += 1) {
    const { items, hasNext } = await readPage(walk, { ...query, page });
    for (const run of items) await take(run);
    const oldest = items.at(-1);
    // An empty page is not the end of the list. Only a missing next page is.
    if (!hasNext || (oldest !== undefined && oldest.createdAt < until)) return true;
  }
  return false;
}

/** Called after each finished window with how far the runs of a workflow were read, so that a later run can continue there. */
type Done = (progress: WorkflowProgress) => void;

/** Reads the runs of a workflow that is nearly up to date. */
export async function walkSteady(walk: Walk, target: Target, progress: WorkflowProgress, done: Done): Promise<void> {
  const until = after(progress.through, -OVERLAP);
  const unchanged = unchangedBefore(progress);
  const take = (run: RemoteRun): Promise<void> => walk.harvest.take(run, target.agent, unchanged);
  const reached = await walkNewest(walk, { workflowId: target.id }, until, STEADY_PAGES, take);
  if (reached) done({ ...progress, through: walk.now, caughtUp: true });
  else await walkHistory(walk, target, until, done);
}

/**
 * Reads the runs of a workflow from `from` up to now in windows of creation time, oldest first. A window with more runs than GitHub
 * shows is halved.
 */
export async function walkHistory(walk: Walk, target: Target, from: Instant, done: Done): Promise<void> {
  const open: { readonly from: Instant; readonly to: Instant }[] = [{ from: min(from, walk.now), to: walk.now }];
  for (let window = open.pop(); window !== undefined; window = open.pop()) {
    const halves = await readWindow(walk, target, window.from, window.to);
    open.push(...halves);
    if (halves.length > 0) continue;
    done({ workflow: target.agent.workflow, id: target.id, through: window.to, caughtUp: open.length === 0 });
  }
}

/** Takes all runs of a window. If GitHub would not show them all, returns its two halves instead, the later one first. */
async function readWindow(
  walk: Walk,
  target: Target,
  from: Instant,
  to: Instant,
): Promise<readonly { readonly from: Instant; readonly to: Instant }[]> {
  const query = { workflowId: target.id, createdFrom: from, createdTo: to };
  const first = await readPage(walk, { ...query, page: 1 });
  if (first.total >= SHOWN) {
    if (between(from, to) > 2 * SECOND) return halvesOf(from, to);
    walk.harvest.complain(`more than ${SHOWN} runs of one workflow in two seconds: GitHub does not show them all`);
  }
  let current = first;
  for (let page = 2; ; page += 1) {
    for (const run of current.items) await walk.harvest.take(run, target.agent, null);
    if (!current.hasNext || page > SHOWN / 100) return [];
    current = await readPage(walk, { ...query, page });
  }
}

/** GitHub counts in whole seconds and includes both ends of a window. */
function halvesOf(from: Instant, to: Instant): readonly { readonly from: Instant; readonly to: Instant }[] {
  const middle = fromMs(Math.floor((toMs(from) + toMs(to)) / 2 / SECOND) * SECOND);
  return [
    { from: after(middle, SECOND), to },
    { from, to: middle },
  ];
}

function min(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

async function readPage(walk: Walk, query: RunQuery): ReturnType<GitHub['actions']['runs']> {
  keepReserve(walk.github, walk.reserve);
  return await walk.github.actions.runs(query);
}

/** @throws OutsideFailure `budget_spent` when no more than `reserve` requests are left. */
export function keepReserve(github: GitHub, reserve: number): void {
  const { remaining, resetsAt } = github.usage();
  if (remaining === null || remaining > reserve) return;
  throw new OutsideFailure({
    kind: 'budget_spent',
    message: `Only ${remaining} requests to GitHub are left until ${resetsAt ?? 'the limit is renewed'}; ${reserve} are kept for an emergency stop`,
    remedy: 'The next run goes on where this one stopped',
    retry: true,
  });
}
