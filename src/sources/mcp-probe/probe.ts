import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Probe } from '../../core/health.ts';
import type { Duration } from '../../core/time.ts';
import { ProgramTransport } from './stdio.ts';

/** A server to probe, with its parameters. */
export interface ProbeTarget {
  readonly name: string;
  readonly timeout: Duration;
  readonly reach:
    | { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> }
    | { readonly url: string; readonly token: string | null };
}

type ServerProbe = Extract<Probe, { readonly what: 'mcp-server' }>;

/** Listing stops if a server has more pages of tools than this. */
const MOST_PAGES = 20;

/**
 * Connects to an MCP server, lists its tools and disconnects. Never throws: a server that cannot be reached is a result. Nothing of
 * its output is kept except the number of its tools. Problems are described in our own words.
 */
export async function probeServer({ name, timeout, reach }: ProbeTarget, version: string): Promise<ServerProbe> {
  const began = performance.now();
  const transport = transportTo(reach);
  const client = new Client({ name: 'checkrein', version });
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeout);
  try {
    const tools = await Promise.race([ask(client, transport, timeout), tooLate(deadline.signal)]);
    const latency = Math.round(performance.now() - began);
    return { what: 'mcp-server', name, ok: true, latency, tools, problem: null };
  } catch (error) {
    return { what: 'mcp-server', name, ok: false, latency: null, tools: null, problem: problemOf(error) };
  } finally {
    clearTimeout(timer);
    // Closing the connection to a server that is gone may fail, which does not change the result.
    await client.close().catch(() => transport.close());
  }
}

/** The SDK's transport is declared with less exact types, but fits. */
function transportTo(reach: ProbeTarget['reach']): Transport {
  if ('command' in reach) return new ProgramTransport(reach.command, reach.env);
  const headers: Record<string, string> = reach.token === null ? {} : { authorization: `Bearer ${reach.token}` };
  // A token must not follow a redirect to somewhere else.
  const requestInit: RequestInit = { headers, redirect: 'error' };
  return new StreamableHTTPClientTransport(new URL(reach.url), { requestInit }) as Transport;
}

async function ask(client: Client, transport: Transport, timeout: Duration): Promise<number> {
  await client.connect(transport, { timeout });
  let tools = 0;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout });
    tools += answer.tools.length;
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}

class TooLate extends Error {}

function tooLate(signal: AbortSignal): Promise<never> {
  return new Promise((_accept, refuse) => {
    signal.addEventListener('abort', () => refuse(new TooLate()), { once: true });
  });
}

/** Describes the problem in our own words, because a server's message is untrusted. */
function problemOf(error: unknown): string {
  if (error instanceof TooLate) return 'it took too long';
  const code = codeOf(error);
  if (code === 'ENOENT') return 'its program is not on this machine';
  if (code === 'EACCES') return 'its program may not be run';
  if (code === -32001) return 'it took too long';
  if (code === -32000) return 'it ended before it answered';
  if (code === 401 || code === 403) return 'it wants another token';
  if (typeof code === 'number' && code >= 400 && code < 600) return `it answered with HTTP status ${code}`;
  if (typeof code === 'number') return `it answered with error ${code}`;
  if (error instanceof TypeError) return 'it could not be reached';
  return 'it answered in a way that is no MCP';
}

function codeOf(error: unknown): string | number | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : null;
}
