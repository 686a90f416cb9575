import type { Agent } from './agent.ts';

/** How a workflow file calls for an agent, as far as the file itself says. */
export interface AgentSign {
  readonly engine: Agent['engine'];
  readonly means: Agent['means'];
  /** For people: `uses anthropics/claude-code-action@v1 (job "fix")`. */
  readonly reason: string;
  /** How the names of the jobs that run it begin, as the API shows them; empty when the file does not tell. */
  readonly jobs: readonly string[];
}

/** What a workflow file lets its agents do, as far as the file itself says. */
export interface DeclaredPowers {
  /** Names of tools as the engine takes them, without what is allowed of each; null when the file has no whole list. */
  readonly tools: readonly string[] | null;
  /** MCP servers; null unless the file says that these are all. */
  readonly servers: readonly string[] | null;
  /** Switches that turn permissions or the sandbox off, in our own words for them. */
  readonly unguarded: readonly string[];
}

/** A step that asks whether the agents of its job may start, with the names under which the API lists it and them. */
export interface GuardStep {
  /** How the name of its job begins. */
  readonly job: string;
  readonly step: string;
  /** The steps after it in which agents work. */
  readonly agents: readonly string[];
}

/** What was read of a workflow file, kept so that an unchanged file is never fetched twice. */
export interface JudgedWorkflow {
  readonly path: string;
  readonly blob: string;
  /** Null when the file itself runs no agent. */
  readonly sign: AgentSign | null;
  /** Paths of the repository's own reusable workflows that it calls. */
  readonly calls: readonly string[];
  /** True when only other workflows can start it, so that it never has runs of its own. */
  readonly onlyCalled: boolean;
  /** Why this file is taken for one that protects the repository (tests, scans, gates); left out when it is not. */
  readonly protects?: string;
  /** Left out where the file runs no agent, or says nothing. */
  readonly declares?: DeclaredPowers;
  /** The name of a workflow that runs an agent, as others follow it by; left out where it bears none. */
  readonly name?: string;
  /** Names of the workflows at the end of whose runs it starts; left out where it does not, or does not say so plainly. */
  readonly follows?: readonly string[];
  /** Left out where no agent stands behind a guard, or where expressions make the names. */
  readonly guards?: readonly GuardStep[];
}
