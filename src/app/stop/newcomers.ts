import type { Agent } from '../../core/agent.ts';
import { targetsOf } from '../../responses/stop/targets.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { sparedFrom } from './spared.ts';

/**
 * Agents that have appeared since all agents were stopped, so that the stop in force, which covers them too, does not hold them
 * yet. What a person has resumed is not one of them: it was there before.
 */
export function newcomers({ agents, halt: { halt, held } }: LedgerState, config: WatchJob['config']): readonly Agent[] {
  if (halt === null || halt.scope.kind !== 'all') return [];
  const late = agents.agents.filter((_, i) => (agents.since[i] ?? '') > halt.at);
  const { agents: meant } = targetsOf(late, halt.scope, sparedFrom(config, agents.files, {}));
  return meant.filter(({ workflow }) => !held.some(({ path }) => path === workflow));
}
