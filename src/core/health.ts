import type { ServerStatus } from './session.ts';
import type { Duration, Instant } from './time.ts';

/** `unknown` if less than half of what the answer rests on is known. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

/** One component of a score. */
export interface HealthPart {
  readonly name: string;
  /** 0 to 100; null if not known. */
  readonly score: number | null;
  /** Its weight relative to the others. */
  readonly weight: number;
  /** One sentence of ours: what was seen, or why nothing is known. */
  readonly reason: string;
}

/** How healthy something is, with everything the answer rests on. */
export interface Health {
  /** 0 to 100; null if less than half of the parts, by weight, are known. */
  readonly score: number | null;
  readonly status: HealthStatus;
  /** The typical time it takes to answer; null if not known. */
  readonly latencyMs: Duration | null;
  readonly parts: readonly HealthPart[];
}

/** The health of an MCP server and what was seen of it in the last 24 hours. */
export interface ServerHealth extends Health {
  readonly name: string;
  readonly calls: number;
  /** Null without calls. */
  readonly errorRate: number | null;
  readonly lastSeenAt: Instant | null;
}

/** The health of an agent. */
export interface AgentHealth extends Health {
  readonly name: string;
}

/** The parts of the whole that can be queried individually. */
export type Component = 'database' | 'telemetry' | 'mcpServers' | 'githubActions' | 'agents';

/** The health of everything that Checkrein watches and relies on. */
export interface SystemHealth extends Health {
  readonly components: Readonly<Record<Component, Health>>;
  /** By name. */
  readonly servers: readonly ServerHealth[];
  readonly agents: readonly AgentHealth[];
}

/** The result of checking whether something answers. */
export type Probe =
  /** The ledger was read. */
  | {
      readonly what: 'database';
      readonly ok: boolean;
      readonly latency: Duration | null;
      readonly problem: string | null;
    }
  | {
      readonly what: 'github-actions';
      /** The run that `queue` refers to; null if none was looked at. */
      readonly run: number | null;
      /** How long the first job of that run waited for a runner. */
      readonly queue: Duration | null;
      /** Requests left in this hour; null if GitHub did not say. */
      readonly requestsLeft: number | null;
    }
  | {
      readonly what: 'mcp-server';
      readonly name: string;
      readonly ok: boolean;
      /** Until its tools were listed. */
      readonly latency: Duration | null;
      /** How many tools it offers. */
      readonly tools: number | null;
      /** In our words; null if it answered. */
      readonly problem: string | null;
    };

/** A probe and when it was made. */
export type ProbeMark = Probe & { readonly at: Instant };

/** The state of an MCP server when a session began. */
export interface InitMark {
  readonly at: Instant;
  readonly status: ServerStatus;
}
