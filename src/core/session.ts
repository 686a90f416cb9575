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
 * Why a call of a tool failed: the command's own exit code, another call of the same batch, a call that the engine did not take,
 * a person who said no, a permission that was missing, anything else that the record tells; `unknown` where it does not tell.
 */
export type ToolErrorClass = 'exit' | 'sibling' | 'misuse' | 'rejected' | 'denied' | 'other' | 'unknown';

export type ErrorsByClass = Readonly<Partial<Record<ToolErrorClass, number>>>;

/** The calls of one tool in one session. `server` is null for the tools that the engine brings itself. */
export interface ToolUse {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
  readonly errors: number;
  /** `errors` by their class; left out in ledgers that did not keep it. */
  readonly errorsByClass?: ErrorsByClass;
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

/** How an MCP server fared when the session began, as the engine says. */
export type ServerStatus = 'connected' | 'failed' | 'needs_auth' | 'pending' | 'disabled' | 'unknown';

/** A limit that ended a session, or a part of it: of turns, of money, of tokens, of the context, of attempts at an answer in form. */
export type LimitHit = 'turns' | 'usd' | 'tokens' | 'context' | 'attempts';

/** A tool, and how often a call of it was not allowed. */
export interface DeniedTool {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
}

/** Calls of one tool that are equal to each other: they bear the same input. */
export interface SameCalls {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
}

/** How often a session made one and the same call. Of a record that is not whole it is the least. */
export interface Repeats {
  /** The longest row of equal calls, with no other call between them. */
  readonly inARow: SameCalls;
  /** The call that was made most often, whatever came between. */
  readonly most: SameCalls;
}

/** Files that the tools of a session changed, as far as its calls tell. */
export interface FilesChanged {
  /** Distinct files, those outside of the workspace too. */
  readonly count: number;
  /** How many of them lie outside of the workspace. */
  readonly outside: number;
  /** Paths from the workspace's root, in order, without secrets; not all of them where there are many. */
  readonly paths: readonly string[];
}

/** What Copilot bills instead of money. */
export interface BilledUnits {
  readonly aiUnits: number | null;
  readonly premiumRequests: number | null;
}

/** What a record tells beside tokens, money and tools; null = it does not tell. */
export interface SessionDetail {
  /** Time that the answers of the API took together; more than `duration` where several were asked at once. */
  readonly apiDuration: Duration | null;
  readonly servers: readonly { readonly name: string; readonly status: ServerStatus }[] | null;
  readonly limitsHit: readonly LimitHit[] | null;
  /** Whether the record stops before the end of the session, so that more may have been used than it tells. */
  readonly cutOff: boolean | null;
  readonly filesChanged: FilesChanged | null;
  /** The calls of `denials` by tool. */
  readonly deniedTools: readonly DeniedTool[] | null;
  /** Null also where no tool was called. */
  readonly repeats: Repeats | null;
  /** Whether the engine was told to ask for no permission, or to leave its sandbox out. */
  readonly unguarded: boolean | null;
  readonly billedUnits: BilledUnits | null;
  /** The list price of the tokens, whatever was reported; unknown where a model or its tokens have none. */
  readonly computedCost: Money;
  /** How well `computedCost` is known. */
  readonly computedState: Certainty;
  /** Models that were used and have no known price. */
  readonly unpricedModels: readonly string[];
}

/** Of a record that tells nothing more, and of ledgers that did not keep it. */
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
  /** Left out in ledgers that did not keep it: read it with `detailOf`. */
  readonly detail?: SessionDetail;
}

/** The details of a session; all unknown where its record or ledger holds none. */
export function detailOf({ detail }: Pick<SessionReading, 'detail'>): SessionDetail {
  return { ...UNKNOWN_DETAIL, ...detail };
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
