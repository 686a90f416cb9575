import { inputHash } from '../input-hash.ts';
import { splitToolName, type ToolCall } from '../tool-uses.ts';
import { countIn, flagIn, type LogEvent, textIn } from './otlp.ts';

/** What events say about tools. */
export interface CodexCalls {
  readonly calls: readonly ToolCall[];
  /** Calls that were not allowed. Null when no decision is recorded. */
  readonly denied: readonly Pick<ToolCall, 'server' | 'tool'>[] | null;
}

/** Counts the calls that have a result, and those that were not allowed. Each call counts once. */
export function tallyCalls(events: readonly LogEvent[]): CodexCalls {
  const calls = new Map<string, ToolCall>();
  const decided = new Map<string, Pick<ToolCall, 'server' | 'tool'> | null>();
  events.forEach((event, index) => {
    const key = textIn(event.attributes, 'call_id') ?? `event ${index}`;
    if (event.name === 'tool_result') calls.set(key, toCall(event));
    if (event.name === 'tool_decision') decided.set(key, isAllowed(event) ? null : nameOf(event));
  });
  for (const [key, name] of decided) {
    const call = calls.get(key);
    if (name !== null) calls.set(key, { ...name, latency: null, input: null, ...call, failed: true, why: 'denied' });
  }
  const denied = [...decided.values()].filter((name) => name !== null);
  return { calls: [...calls.values()], denied: decided.size === 0 ? null : denied };
}

function toCall(event: LogEvent): ToolCall {
  const { attributes } = event;
  return {
    ...nameOf(event),
    failed: flagIn(attributes, 'success') === false,
    why: null,
    input: inputHash(textIn(attributes, 'arguments') ?? undefined),
    latency: countIn(attributes, 'duration_ms'),
  };
}

/** `approved`, `approved_for_session` and the like. A network policy is only changed by something that was approved. */
function isAllowed({ attributes }: LogEvent): boolean {
  return !/^(?:denied|abort|timed_?out|rejected)/.test(textIn(attributes, 'decision') ?? '');
}

/** The server is in an attribute of its own, which is empty for Codex's built-in tools. */
function nameOf({ attributes }: LogEvent): Pick<ToolCall, 'server' | 'tool'> {
  const named = splitToolName(textIn(attributes, 'tool_name') ?? '');
  const server = textIn(attributes, 'mcp_server');
  return server === null ? named : { server, tool: named.tool };
}
