import type { Repeats, ToolErrorClass, ToolUse } from '../../../core/session.ts';
import { between, type Duration, type Instant, parseInstant } from '../../../core/time.ts';
import { inputHash } from '../input-hash.ts';
import { asCount, asObject, asText, type JsonObject, objectsOf } from '../json/fields.ts';
import { repeatsOf } from '../repeats.ts';
import { type ToolCall, toolUsesOf } from '../tool-uses.ts';

/** What the events say about tools. */
export interface ToolTally {
  readonly tools: readonly ToolUse[];
  readonly repeats: Repeats | null;
  /** Distinct calls: requested, started or ended. */
  readonly calls: number;
  /** Rows that end a call, and how many of them report success. Ids may repeat. */
  readonly ends: number;
  readonly successes: number;
  /** Calls with both a start and an end. */
  readonly pairs: number;
  /** Calls whose length is known. */
  readonly timed: number;
  /** The names of the call with this id, or null if there is none. */
  readonly named: (id: string) => Pick<ToolCall, 'server' | 'tool'> | null;
}

interface Call {
  named: Pick<ToolCall, 'server' | 'tool'> | null;
  /** The name that the model used in its request. Ignored if the engine names the tool itself. */
  asked: string | null;
  input: number | null;
  begun: { readonly at: Instant | null } | null;
  end: CallEnd | null;
}

interface CallEnd {
  readonly at: Instant | null;
  readonly failed: boolean;
  readonly why: ToolErrorClass;
  readonly measured: Duration | null;
}

/** Counts the calls of each tool, their errors, and the time from start to end. */
export function tallyTools(events: readonly JsonObject[]): ToolTally {
  const calls = new Map<string, Call>();
  let [ends, successes] = [0, 0];
  events.forEach((event, index) => {
    const data = asObject(event['data']) ?? {};
    const at = parseInstant(event['timestamp']);
    switch (event['type']) {
      case 'assistant.message':
        collectRequests(data, index, calls);
        break;
      case 'tool.execution_start':
        collectStart(data, at, callOf(calls, data, index));
        break;
      case 'tool.execution_complete':
        ends++;
        if (data['success'] === true) successes++;
        callOf(calls, data, index).end = readEnd(data, at);
        break;
      default:
    }
  });
  const named = (id: string): Pick<ToolCall, 'server' | 'tool'> | null => {
    const call = calls.get(id);
    return call === undefined ? null : nameOf(call);
  };
  return { ...summarise([...calls.values()]), ends, successes, named };
}

/** The engine's error codes. */
const CODES: ReadonlyMap<unknown, ToolErrorClass> = new Map([
  ['rejected', 'rejected'],
  ['denied', 'denied'],
]);

function readEnd(data: JsonObject, at: Instant | null): CallEnd {
  const error = asObject(data['error']);
  const why = error === null ? 'unknown' : (CODES.get(error['code']) ?? 'other');
  return { at, failed: data['success'] === false, why, measured: measuredOf(data) };
}

function collectRequests(data: JsonObject, index: number, calls: Map<string, Call>): void {
  objectsOf(data['toolRequests']).forEach((request, position) => {
    const call = callOf(calls, request, `${index}.${position}`);
    call.asked ??= asText(request['name']);
    call.input ??= inputHash(request['arguments']);
  });
}

function collectStart(data: JsonObject, at: Instant | null, call: Call): void {
  call.begun ??= { at };
  call.input ??= inputHash(data['arguments']);
  call.named ??= {
    server: asText(data['mcpServerName']),
    tool: asText(data['mcpToolName']) ?? asText(data['toolName']),
  };
}

function callOf(calls: Map<string, Call>, data: JsonObject, place: number | string): Call {
  const id = asText(data['toolCallId']) ?? `event ${place}`;
  const call = calls.get(id) ?? { named: null, asked: null, input: null, begun: null, end: null };
  calls.set(id, call);
  return call;
}

function measuredOf(data: JsonObject): Duration | null {
  return asCount(asObject(asObject(data['toolTelemetry'])?.['metrics'])?.['durationMs']);
}

function summarise(calls: readonly Call[]): Pick<ToolTally, 'tools' | 'repeats' | 'calls' | 'pairs' | 'timed'> {
  const uses = calls.map(toUse);
  return {
    tools: toolUsesOf(uses),
    repeats: repeatsOf(uses),
    calls: calls.length,
    pairs: calls.filter(({ begun, end }) => begun !== null && end !== null).length,
    timed: uses.filter(({ latency }) => latency !== null).length,
  };
}

function toUse(call: Call): ToolCall {
  const { end, input } = call;
  return { ...nameOf(call), failed: end?.failed === true, why: end?.why ?? null, input, latency: latencyOf(call) };
}

function nameOf({ named, asked }: Call): Pick<ToolCall, 'server' | 'tool'> {
  const { server, tool } = named ?? { server: null, tool: null };
  return { server, tool: tool ?? asked };
}

/** The time from start to end. If a time is missing, what the engine measured itself. */
function latencyOf({ begun, end }: Call): Duration | null {
  if (end === null) return null;
  const [from, to] = [begun?.at ?? null, end.at];
  const latency = from === null || to === null ? null : between(from, to);
  return latency !== null && latency >= 0 ? latency : end.measured;
}
