import { type Duration, type Instant, toMs } from '../../../src/core/time.ts';
import { currentAttempt, type FakeAttempt, type FakeRun, type FakeWorkflow, type World } from './world.ts';

/** How something was from a moment on. */
interface Past<T> {
  readonly from: Instant;
  readonly value: T;
}

const runs = new WeakMap<FakeRun, Past<FakeAttempt>[]>();
const workflows = new WeakMap<FakeWorkflow, Past<FakeWorkflow['state']>[]>();

/** Notes how everything is now, so that lists can show it late. Does nothing while lists do not lag. */
export function remember(world: World, now: Instant): void {
  if (world.switches.listLag === 0) return;
  for (const run of world.runs) {
    const attempt = currentAttempt(run);
    note(runs, run, run.createdAt, changedAt(attempt, now), { ...attempt }, sameAttempt);
  }
  for (const workflow of world.workflows) {
    note(workflows, workflow, workflow.createdAt, now, workflow.state, Object.is);
  }
}

/** The run as a list shows it; null while it is too new for one. */
export function listedAttempt(world: World, run: FakeRun, now: Instant): FakeAttempt | null {
  const { listLag } = world.switches;
  return listLag === 0 ? currentAttempt(run) : (shown(runs.get(run), now, listLag) ?? null);
}

/** The state of a workflow as a list shows it. */
export function listedState(world: World, workflow: FakeWorkflow, now: Instant): FakeWorkflow['state'] {
  const { listLag } = world.switches;
  return listLag === 0 ? workflow.state : (shown(workflows.get(workflow), now, listLag) ?? workflow.state);
}

function note<K extends object, T>(
  all: WeakMap<K, Past<T>[]>,
  key: K,
  born: Instant,
  at: Instant,
  value: T,
  same: (a: T, b: T) => boolean,
): void {
  const past = all.get(key) ?? [];
  all.set(key, past);
  const last = past.at(-1);
  if (last === undefined) past.push({ from: born, value });
  else if (!same(last.value, value)) past.push({ from: at, value });
}

/** A change that came by itself has its own moment; one made by hand is as old as the request that finds it. */
function changedAt(attempt: FakeAttempt, now: Instant): Instant {
  return toMs(attempt.updatedAt) < toMs(now) && attempt.beginsAt !== null ? attempt.updatedAt : now;
}

function sameAttempt(a: FakeAttempt, b: FakeAttempt): boolean {
  return a.attempt === b.attempt && a.status === b.status && a.conclusion === b.conclusion;
}

function shown<T>(past: readonly Past<T>[] | undefined, now: Instant, lag: Duration): T | undefined {
  return past?.findLast(({ from }) => toMs(from) <= toMs(now) - lag)?.value;
}
