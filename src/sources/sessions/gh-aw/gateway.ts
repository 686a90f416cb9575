import type { Certainty } from '../../../core/outcome.ts';
import type { ToolUse } from '../../../core/session.ts';
import { type Instant, parseInstant } from '../../../core/time.ts';
import { asAmount, asText, type JsonObject } from '../json/fields.ts';
import { type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { gatewayTotals } from './records.ts';

/** One line of the gateway that is a call of a tool. */
export interface GatewayCall extends ToolCall {
  readonly at: Instant | null;
}

/** Events that are calls; lines of other events (starts of servers, filters) are none. */
const CALLS: readonly unknown[] = [undefined, 'tool_call', 'rpc_call', 'request'];

/** Reads a line of the gateway; null when it is no call of a tool. Durations are milliseconds. */
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

/** Stands for the tools of a run of which only the summary's sums are known. */
const ALL_TOOLS = '(tools of the gateway)';

/** What is known of the tools of a run. */
export interface GatewayTools {
  readonly tools: readonly ToolUse[];
  /** Never better than a lower bound: the tools that the engine brings itself do not pass the gateway. */
  readonly state: Certainty;
  readonly latency: Certainty;
}

/** The calls of the gateway by tool; where its log is missing, the sums of the run's summary. */
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
