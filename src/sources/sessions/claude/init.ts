import { keptName } from '../../../core/redact.ts';
import type { ServerStatus, SessionDetail } from '../../../core/session.ts';
import { asText, type JsonObject, objectsOf } from '../json/fields.ts';

/** How many servers of a session are named. */
const MAX_SERVERS = 100;

const STATUSES: ReadonlyMap<unknown, ServerStatus> = new Map([
  ['connected', 'connected'],
  ['failed', 'failed'],
  ['needs-auth', 'needs_auth'],
  ['pending', 'pending'],
  ['disabled', 'disabled'],
]);

/** The status of an MCP server by the engine's word for it. */
export function serverStatus(word: unknown): ServerStatus {
  return STATUSES.get(word) ?? 'unknown';
}

/** The MCP servers as the last message about each tells them; null when none tells of servers at all. */
export function serversIn(inits: readonly JsonObject[]): SessionDetail['servers'] {
  const lists = inits.map((init) => init['mcp_servers']).filter((list) => Array.isArray(list));
  if (lists.length === 0) return null;
  const servers = new Map<string, ServerStatus>();
  for (const server of lists.flatMap(objectsOf)) {
    const name = keptName(asText(server['name']) ?? '');
    if (name !== '' && (servers.has(name) || servers.size < MAX_SERVERS))
      servers.set(name, serverStatus(server['status']));
  }
  return [...servers].map(([name, status]) => ({ name, status }));
}

/** Whether any of the modes that were in force asks for no permission; null when none is told. */
export function isUnguarded(modes: readonly unknown[]): boolean | null {
  const told = modes.filter((mode) => asText(mode) !== null);
  return told.length === 0 ? null : told.includes('bypassPermissions');
}
