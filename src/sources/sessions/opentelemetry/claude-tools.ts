import type { ToolErrorClass } from '../../../core/session.ts';
import type { Duration } from '../../../core/time.ts';
import { inputHash } from '../input-hash.ts';
import { splitToolName, type ToolCall } from '../tool-uses.ts';
import { countIn, flagIn, type LogEvent, textIn } from './otlp.ts';

/** What events say about tools. */
export interface ToolTally {
  readonly calls: readonly ToolCall[];
  /** Calls that were not allowed. Null when no decision is recorded. */
  readonly denials: number | null;
  /** The calls counted in `denials`. */
  readonly denied: readonly Pick<ToolCall, 'server' | 'tool'>[];
}

interface Call {
  name: Pick<ToolCall, 'server' | 'tool'>;
  failed: boolean;
  rejected: ToolErrorClass | null;
  latency: Duration | null;
  input: number | null;
}

/** The tool calls, each once with its decision and its result. */
export function tallyTools(events: readonly LogEvent[]): ToolTally {
  const calls = new Map<string, Call>();
  const decided = new Map<string, Pick<ToolCall, 'server' | 'tool'> | null>();
  events.forEach((event, index) => {
    const id = textIn(event.attributes, 'tool_use_id');
    const key = id ?? `event ${index}`;
    if (event.name === 'tool_decision') {
      const rejected = rejectionIn(event);
      decided.set(key, rejected === null ? null : nameOf(event));
      if (id !== null) callOf(calls, key, event).rejected = rejected;
    } else if (event.name === 'tool_result') {
      noteResult(callOf(calls, key, event), event);
    }
  });
  const made = [...calls.values()].map(({ name, failed, rejected, ...known }) => ({
    ...name,
    failed: failed || rejected !== null,
    why: rejected,
    ...known,
  }));
  const denied = [...decided.values()].filter((tool) => tool !== null);
  return { calls: made, denials: decided.size === 0 ? null : denied.length, denied };
}

function callOf(calls: Map<string, Call>, key: string, event: LogEvent): Call {
  const call = calls.get(key) ?? { name: nameOf(event), failed: false, rejected: null, latency: null, input: null };
  calls.set(key, call);
  return call;
}

/** Who rejected a call: a person, or the settings. Null when it was allowed. */
function rejectionIn({ attributes }: LogEvent): ToolErrorClass | null {
  if (attributes.get('decision') !== 'reject') return null;
  return textIn(attributes, 'source')?.startsWith('user') === true ? 'rejected' : 'denied';
}

function noteResult(call: Call, event: LogEvent): void {
  call.name = nameOf(event);
  call.failed = flagIn(event.attributes, 'success') === false;
  call.latency = countIn(event.attributes, 'duration_ms');
  const input = textIn(event.attributes, 'tool_input');
  call.input = input === null || input.length > WHOLE_INPUT ? null : inputHash(input);
}

/** Arguments are sent only if the user opted in, and long ones are cut: from 300 letters on as observed, or 512 as documented. */
const WHOLE_INPUT = 256;

/** The server is in attributes of its own, in the name, or missing. In the last case all server tools count as one. */
function nameOf({ attributes }: LogEvent): Pick<ToolCall, 'server' | 'tool'> {
  const name = textIn(attributes, 'tool_name') ?? '';
  const server = textIn(attributes, 'mcp_server.name') ?? textIn(attributes, 'mcp_server_name');
  const tool = textIn(attributes, 'mcp_tool.name') ?? textIn(attributes, 'mcp_tool_name');
  return server === null ? splitToolName(name) : { server, tool: tool ?? splitToolName(name).tool };
}
