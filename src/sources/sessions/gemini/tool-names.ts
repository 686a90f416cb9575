import { splitToolName, type ToolCall } from '../tool-uses.ts';

/** Longer names are cut in their middle, which may take the separator away or make one. */
const CUT = '___';

/**
 * Server and tool of a name. The engine writes `mcp_<server>_<tool>` (its servers may hold no underscore), earlier versions
 * `<server>__<tool>` where two servers had a tool of one name, else the tool alone, shown with its server.
 */
export function geminiToolName(name: string | null, shownAs: string | null): Pick<ToolCall, 'server' | 'tool'> {
  if (name === null) return { server: null, tool: null };
  if (name.startsWith('mcp__')) return splitToolName(name);
  const [, server, tool] = (name.includes(CUT) ? null : (PREFIXED.exec(name) ?? JOINED.exec(name))) ?? [];
  if (server !== undefined && tool !== undefined) return { server, tool };
  return { server: shownServer(shownAs), tool: name };
}

const PREFIXED = /^mcp_([^_]{1,200})_([^_].*)$/s;
const JOINED = /^([^_](?:[^_]|_(?!_)){0,200})__([^_].*)$/s;

const SHOWN_END = ' MCP Server)';

/** The engine shows a tool of a server to people as `<tool> (<server> MCP Server)`. */
function shownServer(shownAs: string | null): string | null {
  const start = shownAs?.indexOf(' (') ?? -1;
  if (shownAs === null || start < 1 || !shownAs.endsWith(SHOWN_END)) return null;
  return shownAs.slice(start + 2, -SHOWN_END.length) || null;
}
