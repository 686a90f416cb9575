import type { Engine } from './session.ts';

/** How a workflow file runs an agent. */
export type AgentMeans = 'action' | 'gh-aw' | 'cli' | 'configured';

/** An autonomous actor: a workflow file and the way it runs an agent. */
export interface Agent {
  /** Unique in the repository: the configured name, else the file's name without its ending. */
  readonly name: string;
  readonly workflow: string;
  readonly engine: Engine | null;
  readonly means: AgentMeans;
  /** Why this file counts as an agent, for people: `uses anthropics/claude-code-action@v1 (job "fix")`. */
  readonly reason: string;
  /** Git blob id of the file that was judged; null for an agent that is only named in the configuration. */
  readonly blob: string | null;
}
