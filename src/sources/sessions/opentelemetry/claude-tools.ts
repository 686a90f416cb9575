import type { Duration } from '../../../core/time.ts';
import { splitToolName, type ToolCall } from '../tool-uses.ts';
import { countIn, flagIn, type LogEvent, textIn } from './otlp.ts';

/** What events say about tools. */
export interface ToolTally {
  readonly calls: readonly ToolCall[];
  /** Calls that were not allowed; null when no decision is told. */
  readonly denials: number | null;
}

interface Call {
  name: Pick<ToolCall, 'server' | 'tool'>;
  failed: boolean;
  rejected: boolean;
  latency: Duration | null;
}

/** The calls of tools, each once with its decision and its result. */
export function tallyTools(events: readonly LogEvent[]): ToolTally {
  const calls = new Map<string, Call>();
  const decided = new Map<string, boolean>();
  events.forEach((event, index) => {
    const { name, attributes } = event;
    const id = textIn(attributes, 'tool_use_id');
    if (name === 'tool_decision') decided.set(id ?? `event ${index}`, attributes.get('decision') === 'reject');
    if (name !== 'tool_result' && (name !== 'tool_decision' || id === null)) return;
    const key = id ?? `event ${index}`;
    const call = calls.get(key) ?? { name: nameOf(event), failed: false, rejected: false, latency: null };
    calls.set(key, call);
    if (name === 'tool_decision') call.rejected = attributes.get('decision') === 'reject';
    else noteResult(call, event);
  });
  const made = [...calls.values()].map(({ name, failed, rejected, latency }) => ({
    ...name,
    failed: failed || rejected,
    latency,
  }));
  const denials = [...decided.values()].filter((rejected) => rejected).length;
  return { calls: made, denials: decided.size === 0 ? null : denials };
}

function noteResult(call: Call, event: LogEvent): void {
  call.name = nameOf(event);
  call.failed = flagIn(event.attributes, 'success') === false;
  call.latency = countIn(event.attributes, 'duration_ms');
}

/** The server stands in attributes of its own, or in the name, or nowhere: then all tools of servers are one. */
function nameOf({ attributes }: LogEvent): Pick<ToolCall, 'server' | 'tool'> {
  const name = textIn(attributes, 'tool_name') ?? '';
  const server = textIn(attributes, 'mcp_server.name') ?? textIn(attributes, 'mcp_server_name');
  const tool = textIn(attributes, 'mcp_tool.name') ?? textIn(attributes, 'mcp_tool_name');
  return server === null ? splitToolName(name) : { server, tool: tool ?? splitToolName(name).tool };
}
