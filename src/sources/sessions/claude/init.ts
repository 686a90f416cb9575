import { keptName } from '../../../core/redact.ts';
import type { ServerStatus, SessionDetail } from '../../../core/session.ts';
import { asText, type JsonObject, objectsOf } from '../json/fields.ts';

/** At most this many servers are kept per session. */
const MAX_SERVERS = 100;

const STATUSES: ReadonlyMap<unknown, ServerStatus> = new Map([
  ['connected', 'connected'],
  ['failed', 'failed'],
  ['needs-auth', 'needs_auth'],
  ['pending', 'pending'],
  ['disabled', 'disabled'],
]);

/** Maps the engine's word for the status of an MCP server. */
export function serverStatus(word: unknown): ServerStatus {
  return STATUSES.get(word) ?? 'unknown';
}

/** The MCP servers with their latest status. Null when no message mentions servers at all. */
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

/** Whether any permission mode in use asks for no permission. Null when no mode is given. */
export function isUnguarded(modes: readonly unknown[]): boolean | null {
  const told = modes.filter((mode) => asText(mode) !== null);
  return told.length === 0 ? null : told.includes('bypassPermissions');
}
