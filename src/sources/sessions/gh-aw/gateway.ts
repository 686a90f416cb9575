import type { Certainty } from '../../../core/outcome.ts';
import type { ToolUse } from '../../../core/session.ts';
import { type Instant, parseInstant } from '../../../core/time.ts';
import { asAmount, asText, type JsonObject } from '../json/fields.ts';
import { type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { gatewayTotals } from './records.ts';

/** A gateway line that is a tool call. */
export interface GatewayCall extends ToolCall {
  readonly at: Instant | null;
}

/** Events that are calls. Other events are server starts and filters. */
const CALLS: readonly unknown[] = [undefined, 'tool_call', 'rpc_call', 'request'];

/** Reads a gateway line. Null if it is not a tool call. Durations are in milliseconds. */
export function readCall(record: JsonObject): GatewayCall | null {
  const tool = asText(record['tool_name']);
  if (tool === null || !CALLS.includes(record['event'] ?? undefined)) return null;
  const failed = record['status'] === 'error' || record['status'] === 'failed' || asText(record['error']) !== null;
  return {
    server: asText(record['server_name']),
    tool,
    failed,
    latency: asAmount(record['duration']),
    at: parseInstant(record['timestamp']),
  };
}

/** A placeholder for a run's tools when only the summary's totals are known. */
const ALL_TOOLS = '(tools of the gateway)';

/** What is known about the tools of a run. */
export interface GatewayTools {
  readonly tools: readonly ToolUse[];
  /** Never better than a lower bound, because the engine's own tools do not pass through the gateway. */
  readonly state: Certainty;
  readonly latency: Certainty;
}

/** The gateway's calls by tool. If its log is missing, the totals of the run's summary. */
export function gatewayTools(calls: readonly GatewayCall[] | null, activity: readonly JsonObject[]): GatewayTools {
  if (calls !== null) {
    const timed = calls.some(({ latency }) => latency !== null);
    return { tools: toolUsesOf(calls), state: 'lower_bound', latency: timed ? 'partial' : 'unknown' };
  }
  const sums = activity.map(gatewayTotals).find((totals) => totals.calls !== null);
  if (sums === undefined || sums.calls === null) return { tools: [], state: 'unknown', latency: 'unknown' };
  const all = { server: null, tool: ALL_TOOLS, calls: sums.calls, errors: sums.failed ?? 0, latency: null };
  return { tools: sums.calls === 0 ? [] : [all], state: 'lower_bound', latency: 'unknown' };
}
