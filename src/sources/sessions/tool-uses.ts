import { keptName } from '../../core/redact.ts';
import type { DeniedTool, ToolErrorClass, ToolUse } from '../../core/session.ts';
import { sketchOf } from '../../core/sketch.ts';
import type { Duration } from '../../core/time.ts';

/** One call of a tool, with the names as the record gives them. */
export interface ToolCall {
  /** Null for a tool that the engine brings itself. */
  readonly server: string | null;
  /** Null when the record names no tool. */
  readonly tool: string | null;
  readonly failed: boolean;
  /** Why it failed; left out where the record does not tell. */
  readonly why?: ToolErrorClass | null;
  /** Stands for its input, see `inputHash`; left out where the record does not tell it. */
  readonly input?: number | null;
  /** From call to result; null when the record does not tell. */
  readonly latency: Duration | null;
}

/** How many distinct tools of a session are kept by name; a forged record must not flood the ledger. */
const MAX_TOOLS = 200;
const REST = '(other tools)';

/** How many names as the record writes them are made safe; what comes under still others is counted among the rest. */
const MAX_WRITTEN = 2_000;
const NAMELESS = '(no name)';

type ToolName = Pick<ToolUse, 'server' | 'tool'>;

interface Group {
  readonly server: string | null;
  readonly tool: string;
  calls: number;
  errors: number;
  readonly classes: Partial<Record<ToolErrorClass, number>>;
  readonly latencies: Duration[];
}

/** Calls summed by tool, in the order of their first calls. Names that look alike once they are made safe are one tool. */
export function toolUsesOf(calls: Iterable<ToolCall>): readonly ToolUse[] {
  const groups = new Map<string, Group>();
  const written: WrittenNames = { ofServers: new Map(), count: 0 };
  for (const call of calls) {
    const group = groupOfCall(groups, written, call);
    group.calls++;
    if (call.failed) countError(group, call.why ?? 'unknown');
    if (call.latency !== null) group.latencies.push(call.latency);
  }
  return [...groups.values()].map(({ latencies, classes, ...use }) => ({
    ...use,
    ...(use.errors === 0 ? {} : { errorsByClass: classes }),
    latency: sketchOf(latencies),
  }));
}

function countError(group: Group, why: ToolErrorClass): void {
  group.errors++;
  group.classes[why] = (group.classes[why] ?? 0) + 1;
}

/** Calls that were not allowed, summed by tool. */
export function deniedToolsOf(denied: Iterable<Pick<ToolCall, 'server' | 'tool'>>): readonly DeniedTool[] {
  const calls = [...denied].map(({ server, tool }) => ({ server, tool, failed: true, latency: null }));
  return toolUsesOf(calls).map(({ server, tool, calls: count }) => ({ server, tool, calls: count }));
}

/** The groups of names as the record writes them: by server, then by tool. */
interface WrittenNames {
  readonly ofServers: Map<string | null, Map<string | null, Group>>;
  count: number;
}

function groupOfCall(groups: Map<string, Group>, written: WrittenNames, call: ToolCall): Group {
  const ofServer = written.ofServers.get(call.server) ?? new Map<string | null, Group>();
  const known = ofServer.get(call.tool);
  if (known !== undefined) return known;
  if (written.count >= MAX_WRITTEN) return groupOf(groups, null);
  const group = groupOf(groups, keptTool(call));
  written.ofServers.set(call.server, ofServer.set(call.tool, group));
  written.count++;
  return group;
}

/** The group of a tool; null stands for the rest, as does a tool that comes when enough are kept by name. */
function groupOf(groups: Map<string, Group>, named: ToolName | null): Group {
  const fits = named !== null && (groups.has(keyOf(named)) || groups.size < MAX_TOOLS);
  const { server, tool } = fits ? named : { server: null, tool: REST };
  const key = keyOf({ server, tool });
  const group = groups.get(key) ?? { server, tool, calls: 0, errors: 0, classes: {}, latencies: [] };
  groups.set(key, group);
  return group;
}

/** The names of a tool as they may be kept. */
export function keptTool({ server, tool }: Pick<ToolCall, 'server' | 'tool'>): ToolName {
  return { server: server === null ? null : keptName(server) || NAMELESS, tool: keptName(tool ?? '') || NAMELESS };
}

function keyOf({ server, tool }: ToolName): string {
  return `${server ?? ''}\n${tool}`;
}

/** Engines write a tool of an MCP server as `mcp__<server>__<tool>`: split at the first `__` behind the prefix. */
export function splitToolName(name: string): ToolName {
  const separator = name.startsWith('mcp__') ? name.indexOf('__', 6) : -1;
  if (separator === -1) return { server: null, tool: name };
  return { server: name.slice(5, separator), tool: name.slice(separator + 2) };
}
