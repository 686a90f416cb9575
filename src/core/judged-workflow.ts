import type { Agent } from './agent.ts';

/** How a workflow file runs an agent, as far as the file itself says. */
export interface AgentSign {
  readonly engine: Agent['engine'];
  readonly means: Agent['means'];
  /** For people: `uses anthropics/claude-code-action@v1 (job "fix")`. */
  readonly reason: string;
  /** How the names of the jobs that run it begin, as shown by the API; empty if the file does not say. */
  readonly jobs: readonly string[];
}

/** What a workflow file lets its agents do, as far as the file itself says. */
export interface DeclaredPowers {
  /** Tool names as the engine takes them, without the arguments allowed for each; null if the file has no complete list. */
  readonly tools: readonly string[] | null;
  /** MCP servers; null unless the file says that these are all. */
  readonly servers: readonly string[] | null;
  /** Switches that turn off permissions or the sandbox, in our own words. */
  readonly unguarded: readonly string[];
}

/** A step that asks whether the agents of its job may start, with the names under which the API lists the step and the agents. */
export interface GuardStep {
  /** How the name of its job begins. */
  readonly job: string;
  readonly step: string;
  /** The later steps in which agents work. */
  readonly agents: readonly string[];
}

/** What was read from a workflow file, kept so that an unchanged file is never fetched twice. */
export interface JudgedWorkflow {
  readonly path: string;
  readonly blob: string;
  /** Null if the file itself runs no agent. */
  readonly sign: AgentSign | null;
  /** Paths of the repository's own reusable workflows that it calls. */
  readonly calls: readonly string[];
  /** True if only other workflows can start it, so that it never has runs of its own. */
  readonly onlyCalled: boolean;
  /** Why this file counts as one that protects the repository (tests, scans, gates); left out if it does not. */
  readonly protects?: string;
  /** Left out if the file runs no agent or says nothing. */
  readonly declares?: DeclaredPowers;
  /** The name of a workflow that runs an agent, by which other workflows follow it; left out if it has none. */
  readonly name?: string;
  /** Names of the workflows whose end starts this one; left out if there are none or the file does not say so plainly. */
  readonly follows?: readonly string[];
  /** Left out if no agent is behind a guard or if expressions make the names. */
  readonly guards?: readonly GuardStep[];
}
