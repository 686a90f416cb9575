import type { Agent } from '../../core/agent.ts';
import type { HaltScope } from '../../core/halt.ts';

/** Agents that a stop never touches. */
export interface Spared {
  /** Path of the workflow that this process runs in; null outside of one. */
  readonly ownWorkflow: string | null;
  /** True for workflows that protect the repository: tests, scans, gates. */
  readonly isProtective: (agent: Agent) => boolean;
}

export interface Targets {
  /** One agent per workflow, by path. */
  readonly agents: readonly Agent[];
  /** Names of agents in the scope that are left alone, because they are ours or protect the repository. */
  readonly spared: readonly string[];
  /** Names in the scope that no agent has. */
  readonly unknown: readonly string[];
}

/** Checkrein's own workflow files. The canary is there to be stopped. */
const OWN_FILE = /^\.github\/workflows\/checkrein(?!-canary\.)[\w.-]*\.ya?ml$/i;

/** The agents affected by a stop of this scope. Pure. */
export function targetsOf(agents: readonly Agent[], scope: HaltScope, spared: Spared): Targets {
  const inScope = agents.filter(({ name }) => covers(scope, name));
  const mine = (agent: Agent): boolean => isOwn(agent, spared.ownWorkflow) || spared.isProtective(agent);
  const byPath = new Map(inScope.filter((agent) => !mine(agent)).map((agent) => [agent.workflow, agent]));
  const names = new Set(agents.map(({ name }) => name));
  return {
    agents: [...byPath.values()].sort((a, b) => (a.workflow < b.workflow ? -1 : 1)),
    spared: inScope.filter(mine).map(({ name }) => name),
    unknown: scope.kind === 'all' ? [] : scope.names.filter((name) => !names.has(name)),
  };
}

/** Whether a stop of this scope affects an agent of this name. */
export function covers(scope: HaltScope, name: string): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'agents':
      return scope.names.includes(name);
    default:
      return scope satisfies never;
  }
}

/** The scope that includes both. */
export function widened(a: HaltScope, b: HaltScope): HaltScope {
  if (a.kind === 'all' || b.kind === 'all') return { kind: 'all' };
  return { kind: 'agents', names: [...new Set([...a.names, ...b.names])].sort() };
}

/** A file that runs an agent counts as one whatever its name. Otherwise the name would be a hiding place. */
function isOwn({ workflow, means }: Agent, ownWorkflow: string | null): boolean {
  return workflow === ownWorkflow || (means === 'configured' && OWN_FILE.test(workflow));
}
