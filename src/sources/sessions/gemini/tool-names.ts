import type { ToolCall } from '../tool-uses.ts';

/** Longer names are cut in their middle, which may take the separator away or make one. */
const CUT = '___';

/** How the engine shows a tool of an MCP server to people. */
const SHOWN_WITH_SERVER = /^.{1,200} \((.{1,200}) MCP Server\)$/;

/**
 * Server and tool of a name. The engine writes `mcp_<server>_<tool>` (its servers may hold no underscore), earlier versions
 * `<server>__<tool>` where two servers had a tool of one name, else the tool alone, shown with its server.
 */
export function geminiToolName(name: string | null, shownAs: string | null): Pick<ToolCall, 'server' | 'tool'> {
  if (name === null) return { server: null, tool: null };
  const [, server, tool] = (name.includes(CUT) ? null : (PREFIXED.exec(name) ?? JOINED.exec(name))) ?? [];
  if (server !== undefined && tool !== undefined) return { server, tool };
  return { server: SHOWN_WITH_SERVER.exec(shownAs ?? '')?.[1] ?? null, tool: name };
}

const PREFIXED = /^mcp_([^_]{1,200})_([^_].*)$/s;
const JOINED = /^([^_](?:[^_]|_(?!_)){0,200})__([^_].*)$/s;
