import { splitToolName, type ToolCall } from '../tool-uses.ts';

/** Longer names are cut in the middle, which may remove the separator or create one. */
const CUT = '___';

/**
 * Splits a name into server and tool. The engine writes `mcp_<server>_<tool>`, where server names have no underscore. Earlier
 * versions wrote `<server>__<tool>` if two servers had a tool of the same name, otherwise just the tool, displayed with its server.
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

/** The engine displays a server's tool as `<tool> (<server> MCP Server)`. */
function shownServer(shownAs: string | null): string | null {
  const start = shownAs?.indexOf(' (') ?? -1;
  if (shownAs === null || start < 1 || !shownAs.endsWith(SHOWN_END)) return null;
  return shownAs.slice(start + 2, -SHOWN_END.length) || null;
}
