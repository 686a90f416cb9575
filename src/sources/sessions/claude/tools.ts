import type { ToolUse } from '../../../core/session.ts';
import { between, type Instant, parseInstant } from '../../../core/time.ts';
import { asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import { splitToolName, type ToolCall, toolUsesOf } from '../tool-uses.ts';

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

interface Call {
  readonly named: Pick<ToolCall, 'server' | 'tool'>;
  readonly at: Instant | null;
}

interface CallResult {
  readonly failed: boolean;
  readonly at: Instant | null;
}

/** Counts the calls of each tool, their errors, and the time from call to result, over all rows. */
export function tallyTools(messages: readonly JsonObject[]): ToolTally {
  const calls = new Map<string, Call>();
  const results = new Map<string, CallResult>();
  messages.forEach((row, index) => {
    if (row['type'] === 'assistant') collectCalls(row, index, calls);
    if (row['type'] === 'user') collectResults(row, index, results);
  });
  return summarise(calls, results);
}

function collectCalls(row: JsonObject, index: number, calls: Map<string, Call>): void {
  const at = parseInstant(row['timestamp']);
  blocksOf(row, 'tool_use').forEach((block, position) => {
    const id = asText(block['id']) ?? `row ${index}.${position}`;
    if (!calls.has(id)) calls.set(id, { named: splitToolName(asText(block['name']) ?? ''), at });
  });
}

function collectResults(row: JsonObject, index: number, results: Map<string, CallResult>): void {
  const at = parseInstant(row['timestamp']);
  blocksOf(row, 'tool_result').forEach((block, position) => {
    const id = asText(block['tool_use_id']) ?? `row ${index}.${position}`;
    results.set(id, { failed: block['is_error'] === true, at });
  });
}

function blocksOf(row: JsonObject, type: string): readonly JsonObject[] {
  return objectsOf(asObject(row['message'])?.['content']).filter((block) => block['type'] === type);
}

function summarise(calls: ReadonlyMap<string, Call>, results: ReadonlyMap<string, CallResult>): ToolTally {
  const uses: ToolCall[] = [];
  let [pairs, timed] = [0, 0];
  for (const [id, call] of calls) {
    const result = results.get(id);
    const latency = latencyOf(call, result);
    if (result !== undefined) pairs++;
    if (latency !== null) timed++;
    uses.push({ ...call.named, failed: result?.failed === true, latency });
  }
  const errors = [...results.values()].filter((result) => result.failed).length;
  return { tools: toolUsesOf(uses), calls: calls.size, results: results.size, pairs, timed, errors };
}

function latencyOf(call: Call, result: CallResult | undefined): number | null {
  if (call.at === null || result === undefined || result.at === null) return null;
  const latency = between(call.at, result.at);
  return latency >= 0 ? latency : null;
}
