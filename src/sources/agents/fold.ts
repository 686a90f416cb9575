import type { Agent } from '../../core/agent.ts';
import type { JudgedWorkflow } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';

/** The agents of the repository and the workflow files that were judged, both by path. */
export interface AgentsState {
  readonly agents: readonly Agent[];
  /** The edition of the criteria that `files` were judged by; 0 before the first time. */
  readonly judge: number;
  readonly files: readonly JudgedWorkflow[];
}

/** Keeps which agents there are, and what is known of every workflow file. */
export const agentsFold: Fold<AgentsState> = {
  initial: { agents: [], judge: 0, files: [] },
  apply: (state, events) => {
    const agents = new Map(state.agents.map((agent) => [agent.workflow, agent]));
    let { judge, files } = state;
    for (const event of events) {
      if (event.kind === 'agent.observed') agents.set(event.data.agent.workflow, event.data.agent);
      else if (event.kind === 'agent.gone') agents.delete(event.data.workflow);
      else if (event.kind === 'workflows.judged') ({ judge, files } = event.data);
    }
    return { agents: [...agents.values()].sort((a, b) => (a.workflow < b.workflow ? -1 : 1)), judge, files };
  },
};
