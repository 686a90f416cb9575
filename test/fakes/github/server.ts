import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Asked, answer, FAKE_IS_WRONG, type Hosts, type Parts } from './answer.ts';
import type { Fault, Faults } from './faults.ts';
import { serveGit } from './git-http.ts';
import { json, type Reply } from './reply.ts';
import { storageReply } from './routes/artifacts.ts';

/** One request as it arrived, and what became of it. */
export interface LoggedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** As parsed from JSON; null when there was none, or none that parses. */
  readonly body: unknown;
  /** What was answered; null while, or because, nothing was. */
  status: number | null;
  fault: Fault['kind'] | null;
}

export interface ServerParts extends Parts {
  readonly faults: Faults;
  readonly log: LoggedRequest[];
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on two free ports of the loopback interface: one is GitHub, one the storage host that it redirects to. */
export async function serve(parts: ServerParts): Promise<RunningServer> {
  const api = createServer((request, response) => {
    const url = new URL(request.url ?? '/', hosts.api);
    const isGit = /^\/[^/]+\/[^/]+\.git\//.test(url.pathname);
    const work = isGit
      ? exchangeGit(parts, request, response, url)
      : exchange(parts, request, response, url, (asked) => answer(parts, hosts, asked));
    report(work, parts, request, response);
  });
  const storage = createServer((request, response) => {
    const url = new URL(request.url ?? '/', hosts.storage);
    const work = exchange(parts, request, response, url, ({ headers }) =>
      storageReply(parts.world.artifacts, url, headers.authorization),
    );
    report(work, parts, request, response);
  });
  const hosts: Hosts = { api: await listen(api), storage: await listen(storage) };
  return {
    url: hosts.api,
    async close() {
      await Promise.all([stop(api), stop(storage)]);
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A bug of the fake is answered with 599 and noted; a client that went away in the middle is nobody's fault. */
function report(work: Promise<void>, parts: ServerParts, request: IncomingMessage, response: ServerResponse): void {
  work.catch((error: unknown) => {
    if (request.socket.destroyed) return;
    const errors = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    parts.schemaErrors.push({ request: `${request.method} ${request.url}`, status: FAKE_IS_WRONG, errors });
    response.writeHead(FAKE_IS_WRONG).end(errors[0]);
  });
}

/** Reads a request, notes it, lets a fault have it or answers it. */
async function exchange(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  reply: (asked: Asked) => Reply | Promise<Reply>,
): Promise<void> {
  const text = Buffer.concat(await request.toArray()).toString('utf8');
  const asked: Asked = { method: request.method ?? 'GET', url, headers: request.headers, body: parseJson(text) };
  const entry = note(parts, asked);
  const fault = parts.faults.take(asked.method, url.pathname);
  if (fault && (await preempt(fault, entry, request, response))) return;
  const answered = await reply(asked);
  if (fault?.kind === 'lost') return dropConnection(request);
  send(response, entry, answered, fault);
}

/** Git talks in streams of its own; only faults that come before the work can hit it. */
async function exchangeGit(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const entry = note(parts, { method: request.method ?? 'GET', url, headers: request.headers, body: { kind: 'none' } });
  const fault = parts.faults.take(entry.method, entry.path);
  if (fault && (await preempt(fault, entry, request, response))) return;
  entry.status = await serveGit(parts.world, parts.git.dir, request, url, response);
}

function parseJson(text: string): Asked['body'] {
  if (text === '') return { kind: 'none' };
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'unreadable' };
    throw error;
  }
}

function note(parts: ServerParts, { method, url, body }: Asked): LoggedRequest {
  const entry: LoggedRequest = {
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: body.kind === 'json' ? body.value : null,
    status: null,
    fault: null,
  };
  parts.log.push(entry);
  return entry;
}

/** Plays what comes before any work is done; true when that was all. */
async function preempt(
  fault: Fault,
  entry: LoggedRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  entry.fault = fault.kind;
  switch (fault.kind) {
    case 'hang':
      return true;
    case 'reset':
      dropConnection(request);
      return true;
    case 'status':
      send(response, entry, json(fault.body ?? { message: 'Injected' }, fault.status, fault.headers));
      return true;
    case 'meanwhile':
      await fault.happens();
      return false;
    case 'lost':
    case 'truncated':
    case 'torn':
      return false;
    default:
      return fault satisfies never;
  }
}

function dropConnection(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

/** Writes the answer out, or what the fault leaves of it. */
function send(response: ServerResponse, entry: LoggedRequest, reply: Reply, fault: Fault | null = null): void {
  entry.status = reply.status;
  const bytes = bytesOf(reply.body);
  const half = bytes.subarray(0, Math.floor(bytes.byteLength / 2));
  const announced = fault?.kind === 'truncated' ? half : bytes;
  response.writeHead(reply.status, {
    ...(reply.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(reply.status === 204 || reply.status === 304 ? {} : { 'content-length': announced.byteLength }),
    'x-github-request-id': 'FA4E:1234',
    ...reply.headers,
  });
  if (fault?.kind === 'torn') response.write(half, () => response.socket?.destroy());
  else response.end(announced);
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  return body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
}
