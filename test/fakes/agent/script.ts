/** One thing that the fake agent does. */
export type AgentStep =
  /** Asks the model: a row in the transcript and an event of telemetry, where the agent has them. */
  | {
      readonly kind: 'ask';
      readonly input: number;
      readonly output: number;
      /** What Claude Code itself takes it to cost. */
      readonly usd: number;
    }
  /** Calls a tool: asks its hooks, then does it. `Write` really writes. */
  | { readonly kind: 'call'; readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'wait'; readonly ms: number };

/** What the fake agent does and what it leaves out. */
export interface AgentScript {
  readonly session: string;
  readonly cwd: string;
  readonly model: string;
  readonly steps: readonly AgentStep[];
  /** How often all steps are done; the agent ends by itself after the last. */
  readonly rounds: number;
  readonly leavesOut: readonly ('telemetry' | 'transcript' | 'hooks' | 'sigterm')[];
}

/** What the fake agent prints, a line each. */
export type AgentSaying =
  | { readonly did: string; readonly at: number }
  | { readonly denied: string; readonly tool: string; readonly at: number }
  | { readonly troubled: string; readonly at: number }
  | { readonly ended: string; readonly at: number };
