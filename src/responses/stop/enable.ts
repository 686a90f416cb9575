import { attempt, type Failure } from '../../core/failure.ts';
import type { HeldWorkflow } from '../../core/halt.ts';
import { type Duration, SECOND } from '../../core/time.ts';
import type { ActionsApi, ControlApi } from '../../github/port.ts';

/** What switches workflows on. */
export interface ResumeHands {
  readonly actions: Pick<ActionsApi, 'workflows'>;
  readonly control: Pick<ControlApi, 'enable'>;
}

export interface Enabled {
  /** Paths of those that are active by now. */
  readonly active: readonly string[];
  /** The reason for each that is not. */
  readonly failures: readonly { readonly path: string; readonly failure: Failure }[];
}

const ROUNDS = 3;
const PAUSE: Duration = 2 * SECOND;

/** Switches workflows on one after another and checks that they are. What failed is tried again. */
export async function enableAll(
  wanted: readonly HeldWorkflow[],
  hands: ResumeHands,
  sleep: (duration: Duration) => Promise<void>,
): Promise<Enabled> {
  const failures = new Map<string, Failure>();
  let left = wanted;
  for (let round = 0; left.length > 0 && round < ROUNDS; round++) {
    if (round > 0) await sleep(PAUSE * round);
    await tryAll(left, failures, hands);
    left = left.filter(({ path }) => failures.get(path)?.retry === true);
  }
  return {
    active: wanted.map(({ path }) => path).filter((path) => !failures.has(path)),
    failures: [...failures].map(([path, failure]) => ({ path, failure })),
  };
}

/** Requests each once, and notes which are still off and why. */
async function tryAll(
  left: readonly HeldWorkflow[],
  failures: Map<string, Failure>,
  hands: ResumeHands,
): Promise<void> {
  for (const { path, id } of left) {
    const result = await attempt(() => hands.control.enable(id));
    if (result.ok) failures.delete(path);
    else failures.set(path, result.failure);
  }
  if (failures.size === 0) return;
  const active = await activeNow(hands.actions);
  for (const { path, id } of left) if (active.has(id)) failures.delete(path);
}

/** A request may succeed although its answer was lost, so the list decides. Empty when there is no list. */
async function activeNow(actions: ResumeHands['actions']): Promise<ReadonlySet<number>> {
  const listed = await attempt(() => actions.workflows());
  return new Set(listed.ok ? listed.value.filter(({ state }) => state === 'active').map(({ id }) => id) : []);
}
