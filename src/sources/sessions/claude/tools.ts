import type { ToolUse } from '../../../core/session.ts';
import { between, type Instant, parseInstant } from '../../../core/time.ts';
import { asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import { splitToolName, type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { type ErrorClass, errorClass } from './errors.ts';
import { rowKey } from './row-key.ts';

/** What the messages say about tools. */
export interface ToolTally {
  readonly tools: readonly ToolUse[];
  readonly calls: number;
  readonly results: number;
  /** Calls whose result is there. */
  readonly pairs: number;
  /** Pairs of which both times are known. */
  readonly timed: number;
  readonly errors: number;
}

export interface Call {
  readonly named: Pick<ToolCall, 'server' | 'tool'>;
  readonly at: Instant | null;
}

export interface CallResult {
  /** Null when the call did not fail. */
  readonly error: ErrorClass | null;
  readonly at: Instant | null;
}

/** Calls of tools and their results by the id of the call; those without one by their place. */
export interface ToolEvents {
  readonly calls: ReadonlyMap<string, Call>;
  readonly results: ReadonlyMap<string, CallResult>;
}

/** Counts the calls of each tool, their errors, and the time from call to result, over all rows. */
export function tallyTools(messages: readonly JsonObject[]): ToolTally {
  return summariseTools(toolEventsOf(messages));
}

/** The calls and results of all rows: of a call that is told more than once the first time counts, of a result the last. */
export function toolEventsOf(messages: readonly JsonObject[]): ToolEvents {
  const calls = new Map<string, Call>();
  const results = new Map<string, CallResult>();
  messages.forEach((row, index) => {
    if (row['type'] === 'assistant') collectCalls(row, index, calls);
    if (row['type'] === 'user') collectResults(row, index, results);
  });
  return { calls, results };
}

function collectCalls(row: JsonObject, index: number, calls: Map<string, Call>): void {
  const blocks = blocksOf(row, 'tool_use');
  const at = blocks.length === 0 ? null : parseInstant(row['timestamp']);
  blocks.forEach((block, position) => {
    const id = asText(block['id']) ?? `${rowKey(row, index)}.${position}`;
    if (!calls.has(id)) calls.set(id, { named: splitToolName(asText(block['name']) ?? ''), at });
  });
}

function collectResults(row: JsonObject, index: number, results: Map<string, CallResult>): void {
  const blocks = blocksOf(row, 'tool_result');
  const at = blocks.length === 0 ? null : parseInstant(row['timestamp']);
  blocks.forEach((block, position) => {
    const id = asText(block['tool_use_id']) ?? `${rowKey(row, index)}.${position}`;
    const error = block['is_error'] === true ? errorClass(block['content']) : null;
    results.set(id, { error, at });
  });
}

function blocksOf(row: JsonObject, type: string): readonly JsonObject[] {
  return objectsOf(asObject(row['message'])?.['content']).filter((block) => block['type'] === type);
}

/** Sums calls, errors and latencies by tool. */
export function summariseTools({ calls, results }: ToolEvents): ToolTally {
  const uses: ToolCall[] = [];
  let [pairs, timed] = [0, 0];
  for (const [id, call] of calls) {
    const result = results.get(id);
    const latency = latencyOf(call, result);
    if (result !== undefined) pairs++;
    if (latency !== null) timed++;
    uses.push({ ...call.named, failed: result !== undefined && result.error !== null, latency });
  }
  const errors = [...results.values()].filter((result) => result.error !== null).length;
  return { tools: toolUsesOf(uses), calls: calls.size, results: results.size, pairs, timed, errors };
}

/** The wall time in milliseconds from a call to its result; null where a time is missing or they contradict each other. */
export function latencyOf(call: Call, result: CallResult | undefined): number | null {
  if (call.at === null || result === undefined || result.at === null) return null;
  const latency = between(call.at, result.at);
  return latency >= 0 ? latency : null;
}
