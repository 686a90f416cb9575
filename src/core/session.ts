import { type Money, UNKNOWN_MONEY } from './money.ts';
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

/**
 * Why a tool call failed: the command's own exit code, another call of the same batch, a call that the engine rejected as
 * malformed, a person who said no, a missing permission, or any other recorded reason; `unknown` if the record does not say.
 */
export type ToolErrorClass = 'exit' | 'sibling' | 'misuse' | 'rejected' | 'denied' | 'other' | 'unknown';

export type ErrorsByClass = Readonly<Partial<Record<ToolErrorClass, number>>>;

/** The calls of one tool in one session. `server` is null for the engine's built-in tools. */
export interface ToolUse {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
  readonly errors: number;
  /** `errors` by class; left out in ledgers that did not record it. */
  readonly errorsByClass?: ErrorsByClass;
  /** Wall time from call to result in milliseconds; null if the record has no times. */
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

/** The state of an MCP server when the session began, as reported by the engine. */
export type ServerStatus = 'connected' | 'failed' | 'needs_auth' | 'pending' | 'disabled' | 'unknown';

/** A limit that ended a session or part of it: on turns, money, tokens, context, or attempts at a well-formed answer. */
export type LimitHit = 'turns' | 'usd' | 'tokens' | 'context' | 'attempts';

/** A tool and how many of its calls were not allowed. */
export interface DeniedTool {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
}

/** Identical calls of one tool: they have the same input. */
export interface SameCalls {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
}

/** How often a session made the same call. A minimum if the record is incomplete. */
export interface Repeats {
  /** The longest sequence of identical calls with no other call between them. */
  readonly inARow: SameCalls;
  /** The call that was made most often, whatever came in between. */
  readonly most: SameCalls;
}

/** Files that the tools of a session changed, as far as its calls show. */
export interface FilesChanged {
  /** Distinct files, including those outside the workspace. */
  readonly count: number;
  /** How many of them are outside the workspace. */
  readonly outside: number;
  /** Paths from the workspace's root, in order, without secrets. Incomplete if there are many. */
  readonly paths: readonly string[];
}

/** What Copilot bills instead of money. */
export interface BilledUnits {
  readonly aiUnits: number | null;
  readonly premiumRequests: number | null;
}

/** What a record says besides tokens, money and tools; null = it does not say. */
export interface SessionDetail {
  /** Total duration of the API responses; more than `duration` if several were requested at once. */
  readonly apiDuration: Duration | null;
  readonly servers: readonly { readonly name: string; readonly status: ServerStatus }[] | null;
  readonly limitsHit: readonly LimitHit[] | null;
  /** Whether the record stops before the end of the session, so that more may have been used than it says. */
  readonly cutOff: boolean | null;
  readonly filesChanged: FilesChanged | null;
  /** The calls in `denials`, by tool. */
  readonly deniedTools: readonly DeniedTool[] | null;
  /** Also null if no tool was called. */
  readonly repeats: Repeats | null;
  /** Whether the engine was told to skip permission prompts or its sandbox. */
  readonly unguarded: boolean | null;
  readonly billedUnits: BilledUnits | null;
  /** The list price of the tokens, whatever was reported; unknown if a model or its tokens have no price. */
  readonly computedCost: Money;
  /** How well `computedCost` is known. */
  readonly computedState: Certainty;
  /** Models that were used and have no known price. */
  readonly unpricedModels: readonly string[];
}

/** For a record that says nothing more, and for ledgers that did not keep it. */
export const UNKNOWN_DETAIL: SessionDetail = {
  apiDuration: null,
  servers: null,
  limitsHit: null,
  cutOff: null,
  filesChanged: null,
  deniedTools: null,
  repeats: null,
  unguarded: null,
  billedUnits: null,
  computedCost: UNKNOWN_MONEY,
  computedState: 'unknown',
  unpricedModels: [],
};

/** What the record of an agent's work says, before it is known which run it belongs to. */
export interface SessionReading {
  readonly engine: Engine;
  /** The record that was read, for example `claude-execution`; `platform` if only GitHub's own facts are known. */
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
  /** The best figure available: reported, else priced from tokens, else unknown. */
  readonly cost: Money;
  /** What the engine itself reported. */
  readonly reportedCost: Money;
  readonly tools: readonly ToolUse[];
  readonly denials: number | null;
  readonly state: SessionCertainty;
  /** Left out in ledgers that did not record it; read it with `detailOf`. */
  readonly detail?: SessionDetail;
}

/** The details of a session; all unknown if its record or ledger has none. */
export function detailOf({ detail }: Pick<SessionReading, 'detail'>): SessionDetail {
  return { ...UNKNOWN_DETAIL, ...detail };
}

/** One execution of an agent, linked to the run that contained it (null if it was read from a file alone). */
export interface Session extends SessionReading {
  readonly id: string;
  readonly agent: string | null;
  /** Path of the workflow file. */
  readonly workflow: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly job: string | null;
}
