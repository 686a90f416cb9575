import type { Repeats, ToolUse } from '../../../core/session.ts';
import { between, type Instant, parseInstant } from '../../../core/time.ts';
import { placeInWorkspace } from '../changed-files.ts';
import { asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import { repeatsOf } from '../repeats.ts';
import { splitToolName, type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { type ErrorClass, errorClass } from './errors.ts';
import { hashIn } from './kept-hash.ts';
import { rowKey } from './row-key.ts';

/** What the messages say about tools. */
export interface ToolTally {
  readonly tools: readonly ToolUse[];
  /** Repetitions of the same call. Null when no call is recorded. */
  readonly repeats: Repeats | null;
  readonly calls: number;
  readonly results: number;
  /** Calls with a result. */
  readonly pairs: number;
  /** Pairs with both times known. */
  readonly timed: number;
  readonly errors: number;
}

export interface Call {
  readonly named: Pick<ToolCall, 'server' | 'tool'>;
  readonly at: Instant | null;
  /** The place of the file that the call was meant to change. Null for calls that change none. */
  readonly file: string | null;
  /** A hash of its input. */
  readonly input: number | null;
}

export interface CallResult {
  /** Null when the call did not fail. */
  readonly error: ErrorClass | null;
  readonly at: Instant | null;
}

/** Tool calls and their results by the id of the call, or by position if they have none. */
export interface ToolEvents {
  readonly calls: ReadonlyMap<string, Call>;
  readonly results: ReadonlyMap<string, CallResult>;
}

/** The calls and results of all rows. If a call appears more than once its first time counts; for a result it is the last. */
export function toolEventsOf(messages: readonly JsonObject[]): ToolEvents {
  const events: GrowingToolEvents = { calls: new Map(), results: new Map(), cwd: null };
  messages.forEach((row, index) => {
    takeToolEvents(events, row, index);
  });
  return events;
}

/** Tool events as they are collected. `cwd` is the engine's current working directory. */
export interface GrowingToolEvents {
  readonly calls: Map<string, Call>;
  readonly results: Map<string, CallResult>;
  cwd: string | null;
}

/** Adds the calls and results of the next row. `index` distinguishes it from other rows. */
export function takeToolEvents(events: GrowingToolEvents, row: JsonObject, index: number): void {
  events.cwd = asText(row['cwd']) ?? events.cwd;
  collectCalls(row, index, events);
  collectResults(row, index, events.results);
}

function collectCalls(row: JsonObject, index: number, { calls, cwd }: GrowingToolEvents): void {
  for (const [id, block] of namedBlocks(row, index, 'call')) {
    if (!calls.has(id)) calls.set(id, callOf(block, hashIn(block), parseInstant(row['timestamp']), cwd));
  }
}

/** Who says what about tools, in which kind of block, and where it names the call. */
const BLOCKS = {
  call: { speaker: 'assistant', type: 'tool_use', id: 'id' },
  result: { speaker: 'user', type: 'tool_result', id: 'tool_use_id' },
} as const;

/** The calls or results in a row with the ids of their calls, or with their position if they have none. */
export function namedBlocks(
  row: JsonObject,
  index: number,
  kind: keyof typeof BLOCKS,
): readonly (readonly [id: string, block: JsonObject])[] {
  const { speaker, type, id } = BLOCKS[kind];
  if (row['type'] !== speaker) return [];
  const blocks = objectsOf(asObject(row['message'])?.['content']).filter((block) => block['type'] === type);
  return blocks.map((block, position) => [asText(block[id]) ?? `${rowKey(row, index)}.${position}`, block]);
}

/** The call described by a block, made in the folder `cwd`. `input` is the hash of its input. */
export function callOf(block: JsonObject, input: number | null, at: Instant | null, cwd: string | null): Call {
  return { named: splitToolName(asText(block['name']) ?? ''), at, file: fileOf(block, cwd), input };
}

/** The engine's tools that change a file, and the field that names the file. */
export const CHANGES: ReadonlyMap<string, 'file_path' | 'notebook_path'> = new Map([
  ['Edit', 'file_path'],
  ['MultiEdit', 'file_path'],
  ['Write', 'file_path'],
  ['NotebookEdit', 'notebook_path'],
]);

function fileOf(block: JsonObject, cwd: string | null): string | null {
  const field = CHANGES.get(asText(block['name']) ?? '');
  const path = field === undefined ? null : asText(asObject(block['input'])?.[field]);
  return path === null ? null : placeInWorkspace(path, cwd);
}

/** The places of the files that were changed by calls known to have succeeded. */
export function changesIn({ calls, results }: ToolEvents): readonly string[] {
  const files: string[] = [];
  for (const [id, { file }] of calls) if (file !== null && results.get(id)?.error === null) files.push(file);
  return files;
}

/** The calls that were not allowed. If the call's own row is lost, it has no name. */
export function deniedIn({ calls, results }: ToolEvents): readonly Pick<ToolCall, 'server' | 'tool'>[] {
  const denied: Pick<ToolCall, 'server' | 'tool'>[] = [];
  for (const [id, { error }] of results)
    if (error === 'denied') denied.push(calls.get(id)?.named ?? { server: null, tool: null });
  return denied;
}

function collectResults(row: JsonObject, index: number, results: Map<string, CallResult>): void {
  for (const [id, block] of namedBlocks(row, index, 'result')) {
    const error = block['is_error'] === true ? errorClass(block['content']) : null;
    results.set(id, { error, at: parseInstant(row['timestamp']) });
  }
}

/** Sums calls, errors and latencies by tool. */
export function summariseTools({ calls, results }: ToolEvents): ToolTally {
  const uses: ToolCall[] = [];
  let [pairs, timed, errors] = [0, 0, 0];
  for (const [id, { named, at, input }] of calls) {
    const result = results.get(id);
    const latency = latencyOf(at, result);
    if (result !== undefined) pairs++;
    if (latency !== null) timed++;
    const why = result?.error ?? null;
    uses.push({ server: named.server, tool: named.tool, failed: why !== null, why, input, latency });
  }
  for (const { error } of results.values()) if (error !== null) errors++;
  return {
    tools: toolUsesOf(uses),
    repeats: repeatsOf(uses),
    calls: calls.size,
    results: results.size,
    pairs,
    timed,
    errors,
  };
}

/** The wall time in milliseconds from a call to its result. Null when a time is missing or the two contradict each other. */
export function latencyOf(called: Instant | null, result: CallResult | undefined): number | null {
  if (called === null || result === undefined || result.at === null) return null;
  const latency = between(called, result.at);
  return latency >= 0 ? latency : null;
}
