import type { Agent } from '../../core/agent.ts';
import type { JudgedWorkflow } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import type { Instant } from '../../core/time.ts';

/** The agents of the repository and the workflow files that were judged, both by path. */
export interface AgentsState {
  readonly agents: readonly Agent[];
  /** When each of them, in the same order, was first seen as an agent. */
  readonly since: readonly Instant[];
  /** The edition of the criteria that `files` were judged by; 0 before the first time. */
  readonly judge: number;
  readonly files: readonly JudgedWorkflow[];
}

/** Keeps which agents there are, and what is known of every workflow file. */
export const agentsFold: Fold<AgentsState> = {
  initial: { agents: [], since: [], judge: 0, files: [] },
  apply: (state, events) => {
    const known = new Map(state.agents.map((agent, i) => [agent.workflow, { agent, since: state.since[i] ?? '' }]));
    let { judge, files } = state;
    for (const event of events) {
      if (event.kind === 'agent.observed') {
        const { agent } = event.data;
        known.set(agent.workflow, { agent, since: known.get(agent.workflow)?.since ?? event.at });
      } else if (event.kind === 'agent.gone') known.delete(event.data.workflow);
      else if (event.kind === 'workflows.judged') ({ judge, files } = event.data);
    }
    const sorted = [...known.values()].sort((a, b) => (a.agent.workflow < b.agent.workflow ? -1 : 1));
    return { agents: sorted.map(({ agent }) => agent), since: sorted.map(({ since }) => since), judge, files };
  },
};
