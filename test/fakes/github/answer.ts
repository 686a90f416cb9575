import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Instant } from '../../../src/core/time.ts';
import type { Call } from './call.ts';
import { settle } from './clock.ts';
import type { BareRepository } from './git.ts';
import { graphqlError, graphqlReply } from './graphql.ts';
import { remember } from './lag.ts';
import { exhausted, type Rates, rateHeaders } from './rates.ts';
import { json, Refusal, type Reply } from './reply.ts';
import { makeRouter, type Route } from './router.ts';
import { ROUTES } from './routes.ts';
import { requestErrors, responseErrors } from './schema.ts';
import { checkPermission, tokenOf } from './tokens.ts';
import type { World } from './world.ts';

/** A request as it came in. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'unreadable' }
    | { readonly kind: 'json'; readonly value: unknown };
}

/** An answer (or a missing piece) of the fake that GitHub's own description does not allow: a bug of the fake. */
export interface SchemaError {
  readonly request: string;
  readonly status: number;
  readonly errors: readonly string[];
}

/** What answers are made of. */
export interface Parts {
  readonly world: World;
  readonly git: BareRepository;
  readonly rates: Rates;
  readonly schemaErrors: SchemaError[];
  now(): Instant;
}

/** Where the two hosts of the fake listen. */
export interface Hosts {
  readonly api: string;
  readonly storage: string;
}

/** What the fake answers when it, not its client, is wrong: loud, so that no test passes on what GitHub never says. */
export const FAKE_IS_WRONG = 599;

const findRoute = makeRouter(ROUTES);

/** Everything between a request and its answer: token, limits, permission, schema, handler, ETag. */
export async function answer(parts: Parts, hosts: Hosts, asked: Asked): Promise<Reply> {
  const now = parts.now();
  settle(parts.world, now);
  remember(parts.world, now);
  try {
    return await replied(parts, hosts, asked);
  } finally {
    remember(parts.world, now);
  }
}

async function replied(parts: Parts, hosts: Hosts, asked: Asked): Promise<Reply> {
  try {
    const call = callOf(parts, hosts, asked);
    if (call.path === '/graphql') return await answerGraphql(parts, call, asked);
    const reply = call.path === '/rate_limit' ? await dispatch(parts, call, asked) : await metered(parts, call, asked);
    return withHeaders(reply, rateHeaders(parts.rates.overview(call.token, 'core', call.now), 'core'));
  } catch (error) {
    return refusalOf(error);
  }
}

function callOf(parts: Parts, hosts: Hosts, asked: Asked): Call {
  return {
    world: parts.world,
    git: parts.git,
    rates: parts.rates,
    baseUrl: hosts.api,
    storageUrl: hosts.storage,
    path: asked.url.pathname,
    params: {},
    query: asked.url.searchParams,
    body: asked.body.kind === 'json' ? asked.body.value : null,
    token: tokenOf(parts.world, asked.headers.authorization),
    now: parts.now(),
  };
}

/** Takes the request out of the REST pool; a 304 is given back. */
async function metered(parts: Parts, call: Call, asked: Asked): Promise<Reply> {
  if (!parts.rates.take(call.token, 'core', call.now)) return exhausted(parts.world.switches).reply;
  const reply = tagged(await dispatch(parts, call, asked), call, asked);
  if (reply.status === 304) parts.rates.giveBack(call.token, 'core');
  return reply;
}

async function dispatch(parts: Parts, call: Call, asked: Asked): Promise<Reply> {
  const match = findRoute(asked.method, call.path);
  if (!match) return broken(parts, asked, FAKE_IS_WRONG, ['the fake has no such endpoint']);
  const line = `${asked.method} ${match.route.template}`;
  try {
    admit({ ...call, params: match.params }, match.route, line, asked);
    const reply = await match.route.handle({ ...call, params: match.params });
    const errors = responseErrors(line, reply.status, reply.body);
    return errors.length === 0 ? reply : broken(parts, asked, reply.status, errors);
  } catch (error) {
    return refusalOf(error);
  }
}

/** Throws the refusal of whoever may not, or asks for nonsense. */
function admit(call: Call, route: Route, line: string, asked: Asked): void {
  const { owner, name } = call.world.repo;
  const asksFor = `${call.params['owner']}/${call.params['repo']}`.toLowerCase();
  if ('owner' in call.params && asksFor !== `${owner}/${name}`.toLowerCase()) throw new Refusal(404, 'Not Found');
  checkPermission(call.token, route);
  if (asked.body.kind === 'unreadable') throw new Refusal(400, 'Problems parsing JSON');
  const errors = requestErrors(line, call.body);
  if (errors.length > 0) throw new Refusal(422, `Invalid request.\n\n${errors.join('\n')}`);
  if (route.content) call.rates.writeContent(call.token, call.world.switches, call.now);
}

/** GraphQL has a pool of its own and says no with HTTP 200. */
async function answerGraphql(parts: Parts, call: Call, asked: Asked): Promise<Reply> {
  const taken = parts.rates.take(call.token, 'graphql', call.now);
  const reply = taken
    ? ((await graphqlReply(call)) ?? broken(parts, asked, FAKE_IS_WRONG, ['the fake has no such query']))
    : graphqlError('RATE_LIMITED', 'API rate limit exceeded for installation.');
  return withHeaders(reply, rateHeaders(parts.rates.overview(call.token, 'graphql', call.now), 'graphql'));
}

function refusalOf(error: unknown): Reply {
  if (error instanceof Refusal) return error.reply;
  throw error;
}

function broken(parts: Parts, asked: Asked, status: number, errors: readonly string[]): Reply {
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
