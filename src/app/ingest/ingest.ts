import type { Money } from '../../core/money.ts';
import type { Certainty } from '../../core/outcome.ts';
import type { FlatPlan, OwnPrice } from '../../core/price.ts';
import {
  type BilledUnits,
  type DeniedTool,
  detailOf,
  type ErrorsByClass,
  type FilesChanged,
  type LimitHit,
  type Repeats,
  type SessionCertainty,
  type SessionDetail,
  type SessionOutcome,
  type SessionReading,
  type Tokens,
  type ToolUse,
} from '../../core/session.ts';
import { quantile } from '../../core/sketch.ts';
import type { Instant } from '../../core/time.ts';
import { openPriceList } from '../../sources/prices/genai-prices.ts';
import { underPlan } from '../../sources/prices/plans.ts';
import { finishReading } from '../../sources/sessions/finish-reading.ts';
import type { Complaint } from '../../sources/sessions/format.ts';
import type { FoundSession } from '../../sources/sessions/found-session.ts';
import type { Progress, Reading } from '../../sources/sessions/skim-files.ts';
import { type IngestTotals, totalsOf } from './totals.ts';

export interface IngestedTool {
  readonly server: string | null;
  readonly tool: string;
  readonly calls: number;
  readonly errors: number;
  /** `errors` by their class; empty without errors. */
  readonly errorsByClass: ErrorsByClass;
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
}

export interface IngestedSession {
  readonly id: string;
  /** Whose it is, when known. */
  readonly agent: string | null;
  readonly engine: SessionReading['engine'];
  readonly format: string;
  readonly path: string;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly durationMs: number | null;
  readonly outcome: SessionOutcome;
  readonly models: readonly string[];
  readonly tokens: Tokens;
  readonly cost: Money;
  readonly reportedCost: Money;
  readonly turns: number | null;
  readonly tools: readonly IngestedTool[];
  readonly denials: number | null;
  readonly state: SessionCertainty;
  /** The list price of the tokens, whatever was reported. */
  readonly computedCost: Money;
  readonly computedState: Certainty;
  readonly unpricedModels: readonly string[];
  readonly apiDurationMs: number | null;
  readonly mcpServers: SessionDetail['servers'];
  readonly limitsHit: readonly LimitHit[] | null;
  readonly cutOff: boolean | null;
  readonly filesChanged: FilesChanged | null;
  readonly deniedTools: readonly DeniedTool[] | null;
  /** Repeated calls of one tool, in a row and in total; null when the record has no inputs, or no call was made. */
  readonly repeats: Repeats | null;
  readonly unguarded: boolean | null;
  readonly billedUnits: BilledUnits | null;
}

/** What `ingest --json` prints: a contract that programs rely on. Fields may be added, meanings do not change. */
export interface IngestReport {
  readonly sessions: readonly IngestedSession[];
  readonly totals: IngestTotals;
  readonly complaints: readonly Complaint[];
}

export interface IngestOptions {
  /** The day whose list prices apply to requests without a time. */
  readonly now: Instant;
  /** Prices that take precedence over the list, and plans that cover sessions. */
  readonly prices?: readonly OwnPrice[];
  readonly plans?: readonly FlatPlan[];
  readonly onProgress?: Progress;
  /** The agent the sessions belong to; the records themselves do not say. */
  readonly agent?: string | null;
}

/** Finishes a reading that was started and reports what its sessions used and did. */
export async function ingest(reading: Reading, options: IngestOptions): Promise<IngestReport> {
  const { agent = null, onProgress = ignoreProgress, plans = [] } = options;
  const collected = await finishReading(reading, openPriceList(options.now, options.prices), onProgress);
  const { complaints } = collected;
  const sessions = collected.sessions.map((found) => covered(found, agent, plans));
  const silent = sessions.length === 0 && complaints.length === 0;
  return {
    sessions: sessions.map((found) => toIngested(found, agent)),
    totals: totalsOf(sessions, agent),
    complaints: silent ? reading.paths.map(nothingIn) : complaints,
  };
}

/** Without a known agent, plans of a single agent do not cover a session. */
function covered(found: FoundSession, agent: string | null, plans: readonly FlatPlan[]): FoundSession {
  const { reading } = found;
  return { ...found, reading: underPlan(reading, agent, reading.startedAt ?? reading.endedAt, plans) };
}

function nothingIn(path: string): Complaint {
  return { path, line: null, byte: null, reason: 'no session file was found in it' };
}

function ignoreProgress(): void {
  // Nobody is watching.
}

function toIngested({ id, path, reading }: FoundSession, agent: string | null): IngestedSession {
  const { engine, format, startedAt, endedAt, duration, outcome, models, tokens, cost, reportedCost, turns } = reading;
  return {
    id,
    agent,
    engine,
    format,
    path,
    startedAt,
    endedAt,
    durationMs: duration,
    outcome,
    models,
    tokens,
    cost,
    reportedCost,
    turns,
    tools: reading.tools.map(toIngestedTool),
    denials: reading.denials,
    state: reading.state,
    ...toDetail(reading),
  };
}

type Renamed = 'apiDuration' | 'servers';

function toDetail(
  reading: SessionReading,
): Omit<SessionDetail, Renamed> & Pick<IngestedSession, 'apiDurationMs' | 'mcpServers'> {
  const { apiDuration, servers, ...detail } = detailOf(reading);
  return { ...detail, apiDurationMs: apiDuration, mcpServers: servers };
}

function toIngestedTool({ server, tool, calls, errors, errorsByClass = {}, latency }: ToolUse): IngestedTool {
  const at = (q: number): number | null => {
    const value = quantile(latency, q);
    return value === null ? null : Math.round(value);
  };
  return { server, tool, calls, errors, errorsByClass, latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) } };
}
