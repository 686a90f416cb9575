import { attempt, type Failure, type Result } from '../../core/failure.ts';
import type { HeldWorkflow } from '../../core/halt.ts';
import { type Duration, SECOND } from '../../core/time.ts';
import type { ActionsApi, ControlApi } from '../../github/port.ts';

/** What workflows are switched on with. */
export interface ResumeHands {
  readonly actions: Pick<ActionsApi, 'workflows'>;
  readonly control: Pick<ControlApi, 'enable'>;
}

export interface Enabled {
  /** Paths of those that are active by now. */
  readonly active: readonly string[];
  /** For each that is not, why. */
  readonly failures: readonly { readonly path: string; readonly failure: Failure }[];
}

const ROUNDS = 3;
const PAUSE: Duration = 2 * SECOND;

/** Switches workflows on one after another and looks whether they are; what failed is tried again. */
export async function enableAll(
  wanted: readonly HeldWorkflow[],
  { actions, control }: ResumeHands,
  sleep: (duration: Duration) => Promise<void>,
): Promise<Enabled> {
  const failures = new Map<string, Failure>();
  let left = wanted;
  for (let round = 1; left.length > 0; round++) {
    for (const { path, id } of left) note(failures, path, await attempt(() => control.enable(id)));
    const active = failures.size === 0 ? new Set<number>() : await activeNow(actions);
    for (const { path, id } of left) if (active.has(id)) failures.delete(path);
    left = left.filter(({ path }) => failures.get(path)?.retry === true);
    if (left.length === 0 || round === ROUNDS) break;
    await sleep(PAUSE * round);
  }
  return {
    active: wanted.map(({ path }) => path).filter((path) => !failures.has(path)),
    failures: [...failures].map(([path, failure]) => ({ path, failure })),
  };
}

function note(failures: Map<string, Failure>, path: string, result: Result<void>): void {
  if (result.ok) failures.delete(path);
  else failures.set(path, result.failure);
}

/** An answer may be lost and the deed done: what the list shows counts. Empty when there is no list. */
async function activeNow(actions: ResumeHands['actions']): Promise<ReadonlySet<number>> {
  const listed = await attempt(() => actions.workflows());
  return new Set(listed.ok ? listed.value.filter(({ state }) => state === 'active').map(({ id }) => id) : []);
}
