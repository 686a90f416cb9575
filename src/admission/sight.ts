import type { Agent } from '../core/agent.ts';
import type { Failure } from '../core/failure.ts';
import type { GateAnswer } from '../core/guard.ts';
import { nearest } from '../core/nearest.ts';
import { plainLine } from '../core/text.ts';

/** Nobody can be held to a limit while the ledger or the configuration cannot be read. */
export function unreadable(what: string, { message, remedy }: Pick<Failure, 'message' | 'remedy'>): GateAnswer {
  const end = (text: string): string => plainLine(text, 300).replace(/\.$/, '');
  const reason = `${what} cannot be used, so that nobody knows whether it may start: ${end(message)}. ${end(remedy)}.`;
  return { gate: 'sight', decision: 'deny', reason };
}

/** The agent as the step names it and as the repository knows it. */
export interface Identity {
  /** As the step gives it. */
  readonly name: string;
  /** The agent with that name; null for a stranger. */
  readonly agent: Pick<Agent, 'name' | 'workflow'> | null;
  /** The workflow of the run; null when it is not known. */
  readonly workflow: string | null;
  readonly known: readonly string[];
}

/** An unknown agent falls under no limit, so it is not assumed that it may start. */
export function identityGate({ name, agent, workflow, known }: Identity): GateAnswer {
  if (agent === null) {
    const near = nearest(name, known);
    const meant = near === null ? '' : ` Did you mean ${plainLine(near)}?`;
    const all =
      known.length === 0
        ? 'No agent is known yet: let `watch` run once, or name it under `agents:`.'
        : `The agents are: ${known
            .slice(0, 20)
            .map((each) => plainLine(each))
            .join(', ')}${known.length > 20 ? ', …' : ''}.`;
    return { gate: 'sight', decision: 'deny', reason: `There is no agent ${plainLine(name)}.${meant} ${all}` };
  }
  if (workflow !== null && workflow !== agent.workflow) {
    const reason = `${plainLine(agent.name)} is the agent of ${plainLine(agent.workflow, 200)}, but this run is of ${plainLine(workflow, 200)}.`;
    return { gate: 'sight', decision: 'warn', reason };
  }
  return { gate: 'sight', decision: 'allow', reason: `${plainLine(agent.name)} is known.` };
}
