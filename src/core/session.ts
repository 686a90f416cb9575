import type { Money } from './money.ts';
import type { Certainty } from './outcome.ts';
import type { SketchData } from './sketch.ts';
import type { Duration, Instant } from './time.ts';

export type Engine = 'claude' | 'codex' | 'gemini' | 'copilot' | 'gh-aw';

export type SessionOutcome = 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'stopped_by_limit' | 'unknown';

/** Tokens by kind; `input` excludes cached tokens in every engine. `null` = not known. */
export interface Tokens {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite5m: number | null;
  readonly cacheWrite1h: number | null;
  readonly total: number | null;
}

export const UNKNOWN_TOKENS: Tokens = {
  input: null,
  output: null,
  cacheRead: null,
  cacheWrite5m: null,
  cacheWrite1h: null,
  total: null,
};

/** The calls of one tool in one session. `server` is null for the tools that the engine brings itself. */
export interface ToolUse {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
  readonly errors: number;
  /** Wall time from call to result in milliseconds; null when the record holds no times. */
  readonly latency: SketchData | null;
}

/** How well each number of a session is known. */
export interface SessionCertainty {
  readonly tokens: Certainty;
  readonly cost: Certainty;
  readonly turns: Certainty;
  readonly tools: Certainty;
  readonly latency: Certainty;
}

/** What the record of an agent's work says, before it is known which run it belongs to. */
export interface SessionReading {
  readonly engine: Engine;
  /** The record that was read, for example `claude-execution`; `platform` when only GitHub's own facts are known. */
  readonly format: string;
  /** The engine's own id of the session. */
  readonly engineSession: string | null;
  readonly models: readonly string[];
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly duration: Duration | null;
  readonly outcome: SessionOutcome;
  readonly turns: number | null;
  readonly tokens: Tokens;
  /** The best figure there is: reported, else priced from tokens, else unknown. */
  readonly cost: Money;
  /** What the engine itself reported. */
  readonly reportedCost: Money;
  readonly tools: readonly ToolUse[];
  readonly denials: number | null;
  readonly state: SessionCertainty;
}

/** One execution of an agent, bound to the run that held it (null where it was read from a file alone). */
export interface Session extends SessionReading {
  readonly id: string;
  readonly agent: string | null;
  /** Path of the workflow file. */
  readonly workflow: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly job: string | null;
}
