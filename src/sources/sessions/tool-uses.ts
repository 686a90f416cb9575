import { keptName } from '../../core/redact.ts';
import type { DeniedTool, ToolErrorClass, ToolUse } from '../../core/session.ts';
import { sketchOf } from '../../core/sketch.ts';
import type { Duration } from '../../core/time.ts';

/** One tool call, with the names as the record has them. */
export interface ToolCall {
  /** Null for the engine's built-in tools. */
  readonly server: string | null;
  /** Null when the record names no tool. */
  readonly tool: string | null;
  readonly failed: boolean;
  /** Why it failed. Left out when the record does not say. */
  readonly why?: ToolErrorClass | null;
  /** The hash of its input, see `inputHash`. Left out when the record does not have it. */
  readonly input?: number | null;
  /** From call to result. Null when the record does not say. */
  readonly latency: Duration | null;
}

/** At most this many distinct tools of a session are kept by name, so that a forged record cannot flood the ledger. */
const MAX_TOOLS = 200;
const REST = '(other tools)';

/** At most this many raw names are made safe. Calls under further names are counted among the rest. */
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

/** Sums calls by tool, in the order of their first calls. Names that become equal once they are made safe are one tool. */
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

/** Sums the calls that were not allowed by tool. */
export function deniedToolsOf(denied: Iterable<Pick<ToolCall, 'server' | 'tool'>>): readonly DeniedTool[] {
  const calls = [...denied].map(({ server, tool }) => ({ server, tool, failed: true, latency: null }));
  return toolUsesOf(calls).map(({ server, tool, calls: count }) => ({ server, tool, calls: count }));
}

/** The groups by raw name: by server, then by tool. */
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

/** The group of a tool. Null means the rest, where tools also go once enough are kept by name. */
function groupOf(groups: Map<string, Group>, named: ToolName | null): Group {
  const fits = named !== null && (groups.has(keyOf(named)) || groups.size < MAX_TOOLS);
  const { server, tool } = fits ? named : { server: null, tool: REST };
  const key = keyOf({ server, tool });
  const group = groups.get(key) ?? { server, tool, calls: 0, errors: 0, classes: {}, latencies: [] };
  groups.set(key, group);
  return group;
}

/** The names of a tool in the form that may be stored. */
export function keptTool({ server, tool }: Pick<ToolCall, 'server' | 'tool'>): ToolName {
  return { server: server === null ? null : keptName(server) || NAMELESS, tool: keptName(tool ?? '') || NAMELESS };
}

function keyOf({ server, tool }: ToolName): string {
  return `${server ?? ''}\n${tool}`;
}

/** Engines write a tool of an MCP server as `mcp__<server>__<tool>`. The name is split at the first `__` after the prefix. */
export function splitToolName(name: string): ToolName {
  const separator = name.startsWith('mcp__') ? name.indexOf('__', 6) : -1;
  if (separator === -1) return { server: null, tool: name };
  return { server: name.slice(5, separator), tool: name.slice(separator + 2) };
}
