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

/** The name of a tool in the form that may be stored. */
export type ToolName = Pick<ToolUse, 'server' | 'tool'>;

/** The calls of one tool by its name as written, or of several tools that are not told apart. */
export interface ToolCalls {
  /** Its name in the form that may be stored. Null for the calls of tools that came after too many others. */
  readonly name: { readonly kept: ToolName } | null;
  readonly calls: number;
  /** Failed calls by class. */
  readonly classes: Partial<Record<ToolErrorClass, number>>;
  readonly latencies: Iterable<Duration>;
}

/** As calls are collected. */
interface GrowingCalls extends ToolCalls {
  calls: number;
  readonly latencies: Duration[];
}

/** Sums calls by tool, in the order of their first calls. Names that become equal once they are made safe are one tool. */
export function toolUsesOf(calls: Iterable<ToolCall>): readonly ToolUse[] {
  const written: WrittenNames = { ofServers: new Map(), groups: [] };
  for (const call of calls) {
    const group = groupOfCall(written, call);
    group.calls++;
    if (call.failed) addTo(group.classes, { [call.why ?? 'unknown']: 1 });
    if (call.latency !== null) group.latencies.push(call.latency);
  }
  return toolUsesFrom(written.groups);
}

/** The uses of tools from their calls by name, in the order of their first calls. At most `MAX_WRITTEN` names are told apart. */
export function toolUsesFrom(groups: Iterable<ToolCalls>): readonly ToolUse[] {
  const uses = new Map<string, Use>();
  let names = 0;
  for (const group of groups) {
    // Names beyond these are not asked for, because making one safe takes time.
    const use = useOf(uses, names++ < MAX_WRITTEN ? (group.name?.kept ?? null) : null);
    use.groups.push(group);
  }
  return Array.from(uses.values(), useFrom);
}

function useFrom({ server, tool, groups }: Use): ToolUse {
  const [first] = groups;
  if (first !== undefined && groups.length === 1)
    return toUse({ server, tool }, first.calls, first.classes, sketchOf(first.latencies));
  const classes: Classes = {};
  for (const group of groups) addTo(classes, group.classes);
  const calls = groups.reduce((sum, group) => sum + group.calls, 0);
  const latencies = groups.flatMap((group) => Array.from(group.latencies));
  return toUse({ server, tool }, calls, classes, sketchOf(latencies));
}

/** Classes come by name, so that a record is written the same whatever failed first. */
function toUse({ server, tool }: ToolName, calls: number, classes: Classes, latency: ToolUse['latency']): ToolUse {
  const counts = Object.entries(classes);
  if (counts.length === 0) return { server, tool, calls, errors: 0, latency };
  const errorsByClass = Object.fromEntries(counts.sort(([a], [b]) => (a < b ? -1 : 1)));
  return { server, tool, calls, errors: counts.reduce((sum, [, count]) => sum + count, 0), errorsByClass, latency };
}

type Classes = ToolCalls['classes'];

function addTo(classes: Classes, more: Classes): void {
  for (const why of Object.keys(more) as ToolErrorClass[]) classes[why] = (classes[why] ?? 0) + (more[why] ?? 0);
}

/** Sums the calls that were not allowed by tool. */
export function deniedToolsOf(denied: Iterable<Pick<ToolCall, 'server' | 'tool'>>): readonly DeniedTool[] {
  const calls = [...denied].map(({ server, tool }) => ({ server, tool, failed: true, latency: null }));
  return toolUsesOf(calls).map(({ server, tool, calls: count }) => ({ server, tool, calls: count }));
}

/** The groups by raw name: by server, then by tool. */
interface WrittenNames {
  readonly ofServers: Map<string | null, Map<string | null, GrowingCalls>>;
  readonly groups: GrowingCalls[];
}

function groupOfCall({ ofServers, groups }: WrittenNames, { server, tool }: ToolCall): GrowingCalls {
  const ofServer = ofServers.get(server) ?? new Map<string | null, GrowingCalls>();
  const known = ofServer.get(tool);
  if (known !== undefined) return known;
  const last = groups.at(-1);
  if (groups.length > MAX_WRITTEN && last !== undefined) return last;
  const name = groups.length < MAX_WRITTEN ? { kept: keptTool({ server, tool }) } : null;
  const group = { name, calls: 0, classes: {}, latencies: [] };
  groups.push(group);
  if (name !== null) ofServers.set(server, ofServer.set(tool, group));
  return group;
}

/** The calls of tools that have one name when it is stored. */
interface Use extends ToolName {
  readonly groups: ToolCalls[];
}

/** The use of a tool. Null means the rest, where tools also go once enough are kept by name. */
function useOf(uses: Map<string, Use>, named: ToolName | null): Use {
  const wanted = named === null ? null : keyOf(named);
  const known = wanted === null ? undefined : uses.get(wanted);
  if (known !== undefined) return known;
  const { server, tool } = named !== null && uses.size < MAX_TOOLS ? named : { server: null, tool: REST };
  const key = keyOf({ server, tool });
  const use = uses.get(key) ?? { server, tool, groups: [] };
  uses.set(key, use);
  return use;
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
