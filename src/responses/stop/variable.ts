import { haltMark } from '../../core/halt-variable.ts';
import type { VariablesApi } from '../../github/variables-port.ts';
import type { Lever, LeverOrder } from './levers.ts';

/**
 * A repository variable that says that everything is stopped, for the `if:` of workflows: `stopped:3`, or `stopped:3:` and
 * its earlier value. It carries that value itself, so that a resume restores it even if a process died in between or there is
 * no ledger. A stop of only some agents leaves the variable alone, because it cannot name them.
 */
export function variableLever(api: VariablesApi, name: string): Lever {
  return {
    kind: 'variable',
    looks: true,
    isFor: ({ event, scope }) => event === 'resume' || scope.kind === 'all',
    ask: async (order) => {
      const value = await api.get(name);
      if (order.event === 'stop') await set(api, name, value, order);
      else await putBack(api, name, value, order);
    },
  };
}

/** A stop that no ledger counts comes before all counted ones, so that resuming any of them ends it. */
function numberOf({ generation }: LeverOrder): number {
  return generation ?? 0;
}

async function set(api: VariablesApi, name: string, value: string | null, order: LeverOrder): Promise<void> {
  const generation = numberOf(order);
  if (value === null) return await api.create(name, `stopped:${generation}`);
  const mark = haltMark(value);
  if (mark !== null && mark.generation >= generation) return;
  const before = mark === null ? value : mark.before;
  await api.change(name, `stopped:${generation}${before === null ? '' : `:${before}`}`);
}

/** What somebody or a later stop has set since is kept. */
async function putBack(api: VariablesApi, name: string, value: string | null, order: LeverOrder): Promise<void> {
  const mark = value === null ? null : haltMark(value);
  if (mark === null || mark.generation > numberOf(order)) return;
  if (mark.before === null) await api.remove(name);
  else await api.change(name, mark.before);
}
