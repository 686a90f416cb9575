import type { Repeats, ToolErrorClass, ToolUse } from '../../../core/session.ts';
import { between, type Instant, parseInstant } from '../../../core/time.ts';
import { inputHash } from '../input-hash.ts';
import { asText, type JsonObject } from '../json/fields.ts';
import { repeatsOf } from '../repeats.ts';
import { type ToolCall, toolUsesOf } from '../tool-uses.ts';
import { changedBy, whyFailed } from './calls.ts';
import { geminiToolName } from './tool-names.ts';

/** What the events of a stream say about tools. */
export interface StreamTools {
  readonly tools: readonly ToolUse[];
  readonly calls: number;
  /** Calls with both times known. */
  readonly timed: number;
  /** The places of the files that calls changed. */
  readonly changed: readonly string[];
  readonly repeats: Repeats | null;
}

interface Result {
  readonly failed: boolean;
  readonly why: ToolErrorClass;
  readonly at: Instant | null;
}

/** Pairs `tool_use` with `tool_result` by id. */
export function streamTools(events: readonly JsonObject[]): StreamTools {
  const uses = new Map<string, JsonObject>();
  const results = new Map<string, Result>();
  events.forEach((event, index) => {
    const id = asText(event['tool_id']) ?? `event ${index}`;
    if (event['type'] === 'tool_use' && !uses.has(id)) uses.set(id, event);
    if (event['type'] === 'tool_result') {
      const failed = event['status'] === 'error';
      results.set(id, { failed, why: whyFailed(event['error']), at: parseInstant(event['timestamp']) });
    }
  });
  const calls = [...uses].map(([id, event]) => toCall(event, results.get(id)));
  const timed = calls.filter(({ latency }) => latency !== null).length;
  const changed = [...uses].flatMap(([id, event]) => {
    const place = changedBy(event['tool_name'], event['parameters']);
    return place === null || results.get(id)?.failed !== false ? [] : [place];
  });
  return { tools: toolUsesOf(calls), calls: calls.length, timed, changed, repeats: repeatsOf(calls) };
}

function toCall(event: JsonObject, result: Result | undefined): ToolCall {
  const begun = parseInstant(event['timestamp']);
  const latency = begun === null || result === undefined || result.at === null ? -1 : between(begun, result.at);
  return {
    ...geminiToolName(asText(event['tool_name']), null),
    failed: result?.failed === true,
    why: result?.why ?? null,
    input: inputHash(event['parameters']),
    latency: latency < 0 ? null : latency,
  };
}
