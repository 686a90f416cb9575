import type { Agent } from '../../core/agent.ts';
import type { Fold } from '../../core/fold.ts';
import type { JudgedWorkflow } from '../../core/judged-workflow.ts';
import { between, DAY, type Duration, type Instant } from '../../core/time.ts';

/** The agents of the repository and the workflow files that were judged, both by path. */
export interface AgentsState {
  readonly agents: readonly Agent[];
  /** When each of them, in the same order, was first seen as an agent. */
  readonly since: readonly Instant[];
  /** The version of the criteria that `files` were judged by. 0 before the first time. */
  readonly judge: number;
  readonly files: readonly JudgedWorkflow[];
  /** Former agents, latest last. Runs they started may still be going on. */
  readonly gone: readonly GoneAgent[];
}

/** An agent whose file was removed from the default branch, or is no agent any more. */
export interface GoneAgent {
  readonly agent: Agent;
  /** When that was seen. */
  readonly at: Instant;
}

/** GitHub's limit for the length of a run. */
const LONGEST_RUN: Duration = 35 * DAY;

/** Endlessly adding and removing agents must not grow our memory endlessly. */
const MOST_GONE = 200;

/**
 * All agents that may have runs: the present ones, and those that disappeared so recently that a run of theirs may still be going
 * on.
 */
export function everKnown({ agents, gone }: Pick<AgentsState, 'agents' | 'gone'>, now: Instant): readonly Agent[] {
  return [...agents, ...gone.filter(({ at }) => between(at, now) <= LONGEST_RUN).map(({ agent }) => agent)];
}

/** Keeps the present and recent agents, and what is known about every workflow file. */
export const agentsFold: Fold<AgentsState> = {
  initial: { agents: [], since: [], judge: 0, files: [], gone: [] },
  apply: (state, events) => {
    const known = new Map(state.agents.map((agent, i) => [agent.workflow, { agent, since: state.since[i] ?? '' }]));
    const gone = new Map(state.gone.map((one) => [one.agent.workflow, one]));
    let { judge, files } = state;
    for (const event of events) {
      if (event.kind === 'agent.observed') {
        const { agent } = event.data;
        known.set(agent.workflow, { agent, since: known.get(agent.workflow)?.since ?? event.at });
        gone.delete(agent.workflow);
      } else if (event.kind === 'agent.gone') {
        const { workflow } = event.data;
        const agent = known.get(workflow)?.agent;
        known.delete(workflow);
        if (agent !== undefined) remember(gone, { agent, at: event.at });
      } else if (event.kind === 'workflows.judged') ({ judge, files } = event.data);
    }
    const sorted = [...known.values()].sort((a, b) => (a.agent.workflow < b.agent.workflow ? -1 : 1));
    return {
      agents: sorted.map(({ agent }) => agent),
      since: sorted.map(({ since }) => since),
      ...{ judge, files, gone: [...gone.values()] },
    };
  },
};

/** One by one, so that what is forgotten does not depend on how events are batched. */
function remember(gone: Map<string, GoneAgent>, one: GoneAgent): void {
  gone.set(one.agent.workflow, one);
  const [oldest] = gone.keys();
  if (gone.size > MOST_GONE && oldest !== undefined) gone.delete(oldest);
}
