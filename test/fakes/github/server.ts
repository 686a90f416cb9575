import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instant } from '../../../src/core/time.ts';
import type { Call } from './call.ts';
import type { Fault, Faults } from './faults.ts';
import type { BareRepository } from './git.ts';
import { serveGit } from './git-http.ts';
import { graphqlError, graphqlReply } from './graphql.ts';
import { exhausted, type RateResource, type Rates, rateHeaders } from './rates.ts';
import { json, Refusal, type Reply } from './reply.ts';
import { type Match, makeRouter } from './router.ts';
import { STORAGE_PATH, storageReply } from './routes/artifacts.ts';
import { ROUTES } from './routes.ts';
import { requestErrors, responseErrors } from './schema.ts';
import { checkPermission, tokenOf } from './tokens.ts';
import type { FakeToken, World } from './world.ts';

/** One request as it arrived, and what became of it. */
export interface LoggedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** As parsed from JSON; null when there was none. */
  readonly body: unknown;
  /** What was answered; null while, or because, nothing was. */
  status: number | null;
  fault: Fault['kind'] | null;
}

/** An answer (or a missing piece) of the fake that GitHub's own description does not allow: a bug of the fake. */
export interface SchemaError {
  readonly request: string;
  readonly status: number;
  readonly errors: readonly string[];
}

export interface ServerParts {
  readonly world: World;
  readonly git: BareRepository;
  readonly rates: Rates;
  readonly faults: Faults;
  readonly log: LoggedRequest[];
  readonly schemaErrors: SchemaError[];
  now(): Instant;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What the fake answers when it, not its client, is wrong. */
const FAKE_IS_WRONG = 599;

const findRoute = makeRouter(ROUTES);

/** Listens on a free port of the loopback interface. */
export async function serve(parts: ServerParts): Promise<RunningServer> {
  const server = createServer((request, response) => {
    handle(parts, baseOf(server), request, response).catch((error: unknown) => {
      parts.schemaErrors.push({
        request: `${request.method} ${request.url}`,
        status: FAKE_IS_WRONG,
        errors: [String(error)],
      });
      response.writeHead(FAKE_IS_WRONG).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: baseOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function baseOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function handle(
  parts: ServerParts,
  baseUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', baseUrl);
  const method = request.method ?? 'GET';
  const isGit = /^\/[^/]+\/[^/]+\.git\//.test(url.pathname);
  const body = isGit ? null : parseBody(Buffer.concat(await request.toArray()).toString('utf8'));
  const entry: LoggedRequest = {
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: body === UNREADABLE ? null : body,
    status: null,
    fault: null,
  };
  parts.log.push(entry);
  const fault = parts.faults.take(method, url.pathname);
  entry.fault = fault?.kind ?? null;
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
  if (fault?.kind === 'status')
    return send(response, entry, json(fault.body ?? { message: 'Injected' }, fault.status, fault.headers));
  if (isGit) {
    entry.status = await serveGit(parts.world, parts.git.dir, request, url, response);
    return;
  }
  const reply = await answer(parts, baseUrl, { method, url, body, headers: request.headers });
  send(response, entry, reply, fault);
}

const UNREADABLE = Symbol('unreadable body');

function parseBody(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return UNREADABLE;
    throw error;
  }
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

/** Everything between a request and its answer, refusals included. */
async function answer(parts: ServerParts, baseUrl: string, asked: Asked): Promise<Reply> {
  const { pathname } = asked.url;
  if (pathname.startsWith(STORAGE_PATH)) {
    return storageReply(parts.world.artifacts, asked.url, asked.headers.authorization);
  }
  let token: FakeToken;
  try {
    token = tokenOf(parts.world, asked.headers.authorization);
  } catch (error) {
    return refusalOf(error);
  }
  const call: Call = {
    world: parts.world,
    git: parts.git,
    rates: parts.rates,
    baseUrl,
    path: pathname,
    params: {},
    query: asked.url.searchParams,
    body: asked.body,
    token,
    now: parts.now(),
  };
  if (pathname === '/graphql') return answerGraphql(parts, call);
  const reply = pathname === '/rate_limit' ? await dispatch(parts, asked, call) : await metered(parts, asked, call);
  return withHeaders(reply, rateHeaders(parts.rates.overview(token, 'core', call.now), 'core'));
}

/** Takes the request out of the REST pool; a 304 is given back. */
async function metered(parts: ServerParts, asked: Asked, call: Call): Promise<Reply> {
  if (!parts.rates.take(call.token, 'core', call.now)) return exhausted(parts.world.switches).reply;
  const reply = tagged(await dispatch(parts, asked, call), call, asked);
  if (reply.status === 304) parts.rates.giveBack(call.token, 'core');
  return reply;
}

async function dispatch(parts: ServerParts, asked: Asked, call: Call): Promise<Reply> {
  const match = findRoute(asked.method, call.path);
  if (!match) return broken(parts, asked, FAKE_IS_WRONG, ['the fake has no such endpoint']);
  const line = `${asked.method} ${match.route.template}`;
  try {
    admit(parts, match, call, line);
    const reply = await match.route.handle({ ...call, params: match.params });
    const errors = responseErrors(line, reply.status, reply.body);
    return errors.length === 0 ? reply : broken(parts, asked, reply.status, errors);
  } catch (error) {
    return refusalOf(error);
  }
}

/** Throws the refusal of whoever may not, or asks for nonsense. */
function admit(parts: ServerParts, { route, params }: Match, call: Call, line: string): void {
  const { owner, name } = parts.world.repo;
  const isOurs =
    params['owner']?.toLowerCase() === owner.toLowerCase() && params['repo']?.toLowerCase() === name.toLowerCase();
  if ('owner' in params && !isOurs) throw new Refusal(404, 'Not Found');
  checkPermission(call.token, route);
  if (call.body === UNREADABLE) throw new Refusal(400, 'Problems parsing JSON');
  const errors = requestErrors(line, call.body);
  if (errors.length > 0) throw new Refusal(422, `Invalid request.\n\n${errors.join('\n')}`);
  if (route.content) parts.rates.writeContent(call.token, parts.world.switches, call.now);
}

function answerGraphql(parts: ServerParts, call: Call): Reply {
  const resource: RateResource = 'graphql';
  const taken = parts.rates.take(call.token, resource, call.now);
  const reply = taken ? graphqlReply(call) : graphqlError('RATE_LIMITED', 'API rate limit exceeded for installation.');
  const answered =
    reply ??
    broken(parts, { method: 'POST', url: new URL(`${call.baseUrl}/graphql`) }, FAKE_IS_WRONG, [
      'the fake has no such query',
    ]);
  return withHeaders(answered, rateHeaders(parts.rates.overview(call.token, resource, call.now), resource));
}

function refusalOf(error: unknown): Reply {
  if (error instanceof Refusal) return error.reply;
  throw error;
}

/** Loud, so that no test passes on an answer that GitHub would never give. */
function broken(
  parts: ServerParts,
  asked: Pick<Asked, 'method' | 'url'>,
  status: number,
  errors: readonly string[],
): Reply {
  const request = `${asked.method} ${asked.url.pathname}`;
  parts.schemaErrors.push({ request, status, errors });
  return json({ message: `The fake GitHub is wrong about ${request}`, errors }, FAKE_IS_WRONG);
}

/** Adds an ETag to what was read, and answers 304 to whoever has it already. */
function tagged(reply: Reply, call: Call, asked: Asked): Reply {
  if (asked.method !== 'GET' || reply.status !== 200) return reply;
  const hash = createHash('sha256').update(JSON.stringify(reply.body));
  if (call.world.switches.etagsDieWithToken) hash.update(call.token.secret);
  const etag = `W/"${hash.digest('hex')}"`;
  if (asked.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return withHeaders(reply, { etag });
}

function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** Writes the answer out, or what the fault leaves of it. */
function send(response: ServerResponse, entry: LoggedRequest, reply: Reply, fault: Fault | null = null): void {
  if (fault?.kind === 'lost') return void response.socket?.resetAndDestroy();
  entry.status = reply.status;
  const bytes = bytesOf(reply.body);
  const half = bytes.subarray(0, Math.floor(bytes.byteLength / 2));
  const announced = fault?.kind === 'truncated' ? half : bytes;
  response.writeHead(reply.status, {
    ...(reply.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': announced.byteLength,
    'x-github-request-id': 'FA4E:1234',
    ...reply.headers,
  });
  if (fault?.kind !== 'torn') return void response.end(announced);
  response.write(half, () => response.socket?.destroy());
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array();
  return body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
}
