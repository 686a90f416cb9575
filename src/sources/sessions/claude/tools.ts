import { keptName } from '../../../core/redact.ts';
import type { ToolUse } from '../../../core/session.ts';
import { mergeSketches, sketchOf } from '../../../core/sketch.ts';
import { between, type Instant, parseInstant } from '../../../core/time.ts';
import { asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';

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
  readonly name: string;
  readonly at: Instant | null;
}

interface CallResult {
  readonly failed: boolean;
  readonly at: Instant | null;
}

/** So many distinct tools of a session are kept by name; a forged record must not flood the ledger. */
const MAX_TOOLS = 200;
const REST: Pick<ToolUse, 'server' | 'tool'> = { server: null, tool: '(other tools)' };
const NAMELESS = '(no name)';

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
    if (!calls.has(id)) calls.set(id, { name: asText(block['name']) ?? NAMELESS, at });
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

interface Group {
  calls: number;
  errors: number;
  readonly latencies: number[];
}

function summarise(calls: ReadonlyMap<string, Call>, results: ReadonlyMap<string, CallResult>): ToolTally {
  const groups = new Map<string, Group>();
  let [pairs, timed] = [0, 0];
  for (const [id, call] of calls) {
    const result = results.get(id);
    const latency = latencyOf(call, result);
    const group = groupOf(groups, call.name);
    group.calls++;
    if (result !== undefined) pairs++;
    if (result?.failed === true) group.errors++;
    if (latency !== null) {
      group.latencies.push(latency);
      timed++;
    }
  }
  const errors = [...results.values()].filter((result) => result.failed).length;
  const tools = [...groups].map(([name, group]) => toToolUse(name, group));
  return { tools: mergeAlike(tools), calls: calls.size, results: results.size, pairs, timed, errors };
}

function latencyOf(call: Call, result: CallResult | undefined): number | null {
  if (call.at === null || result === undefined || result.at === null) return null;
  const latency = between(call.at, result.at);
  return latency >= 0 ? latency : null;
}

function groupOf(groups: Map<string, Group>, name: string): Group {
  const key = groups.has(name) || groups.size < MAX_TOOLS ? name : REST.tool;
  const group = groups.get(key) ?? { calls: 0, errors: 0, latencies: [] };
  groups.set(key, group);
  return group;
}

function toToolUse(name: string, group: Group): ToolUse {
  return { ...splitName(name), calls: group.calls, errors: group.errors, latency: sketchOf(group.latencies) };
}

/** `mcp__<server>__<tool>`, split at the first `__` behind the prefix; servers may hold single underscores. */
export function splitName(name: string): Pick<ToolUse, 'server' | 'tool'> {
  const separator = name.startsWith('mcp__') ? name.indexOf('__', 6) : -1;
  if (separator === -1) return { server: null, tool: keptName(name) || NAMELESS };
  const tool = keptName(name.slice(separator + 2)) || NAMELESS;
  return { server: keptName(name.slice(5, separator)) || NAMELESS, tool };
}

/** Names that look alike once they are made safe are one tool. */
function mergeAlike(tools: readonly ToolUse[]): readonly ToolUse[] {
  const merged = new Map<string, ToolUse>();
  for (const tool of tools) {
    const key = `${tool.server ?? ''}\n${tool.tool}`;
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? tool
        : {
            ...tool,
            calls: before.calls + tool.calls,
            errors: before.errors + tool.errors,
            latency: mergeSketches(before.latency, tool.latency),
          },
    );
  }
  return [...merged.values()];
}
