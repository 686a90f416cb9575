import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { StopReceipt } from '../../core/halt.ts';
import { continued, type Declaration, declare, declaredEvent } from '../../responses/stop/declare.ts';
import type { HaltState } from '../../responses/stop/log.ts';
import { pursue } from './pursue.ts';
import { lookAtWorkflows, type StopTools } from './tools.ts';

/**
 * Continues the stop of a generation with what it still holds. Null when somebody has resumed all of it, before or meanwhile, or
 * declared another one.
 * @throws OutsideFailure when the ledger cannot be read.
 */
export async function goOn(tools: StopTools, generation: number): Promise<StopReceipt | null> {
  const remote = await lookAtWorkflows(tools);
  return await underway(tools, generation, (state) => continued(state, remote));
}

/**
 * Declares a stop that takes over what the stop of a generation still holds, plus some further workflows. Null when somebody has
 * resumed all of that, before or meanwhile, or declared another one.
 * @throws OutsideFailure when the ledger cannot be read.
 */
export async function takeOver(
  tools: StopTools,
  generation: number,
  newcomers: readonly string[],
): Promise<StopReceipt | null> {
  const remote = await lookAtWorkflows(tools);
  const at = tools.now();
  return await underway(tools, generation, (state) =>
    state.halt === null
      ? null
      : declare(state, { ...state.halt, at, paths: newcomers, remote, unlogged: [], joins: generation }),
  );
}

async function underway(
  tools: StopTools,
  generation: number,
  declarationOf: (state: HaltState) => Declaration | null,
): Promise<StopReceipt | null> {
  let declaration: Declaration | null | undefined;
  let resumed = false;
  const written = await attempt(() =>
    tools.ledger.append(({ halt }) => {
      declaration = halt.generation === generation ? declarationOf(halt) : null;
      // Earlier resumptions count for the stop that takes its place too.
      resumed = declaration !== null && halt.resumptions.length > 0;
      return declaration?.news === true ? [declaredEvent(declaration, tools.repo, tools.now())] : [];
    }),
  );
  // A stop the ledger already knows is continued. One it does not know is not begun by a job nobody told to.
  if (!written.ok && declaration?.halt.generation !== generation) throw new OutsideFailure(written.failure);
  if (!declaration) return null;
  const { receipt, released, holds } = await pursue(tools, declaration, resumed);
  return released.length > 0 && !holds ? null : receipt;
}
