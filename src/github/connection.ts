import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import Bottleneck from 'bottleneck/light.js';
import { type Failure, OutsideFailure } from '../core/failure.ts';
import { type Duration, fromMs, SECOND } from '../core/time.ts';
import { failureOf, type Purpose } from './failure.ts';
import { type Raw, rawList, unreadable } from './raw.ts';
import { createMeter, type Headers, type Meter } from './usage.ts';

export interface ConnectionOptions {
  readonly token: string;
  /** `owner/name`. */
  readonly repo: string;
  /** `https://api.github.com`, or the value of GITHUB_API_URL. */
  readonly baseUrl: string;
  /** By default derived from `baseUrl`. */
  readonly graphqlUrl?: string;
  readonly userAgent: string;
  /**
   * How often a call is retried after a 5xx or a lost connection; 2 by default. Does not apply to calls that must not happen
   * twice.
   */
  readonly retries?: number;
  /** The unit of all waits, 1 s by default; the first retry comes after one, the second after four more. */
  readonly waitUnit?: Duration;
  /** Whether to keep writes a second apart and wait for short rate limits; true by default. */
  readonly throttle?: boolean;
  readonly budget?: { readonly maxRequests: number };
  /** How long one request may take; 15 s by default, six times as long for a download. */
  readonly timeoutMs?: Duration;
  readonly fetch?: typeof globalThis.fetch;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
}

type Parameters = Readonly<Record<string, unknown>>;

/** A connection for requests about one repository on GitHub. */
export interface Connection {
  readonly meter: Meter;
  readonly baseUrl: string;
  readonly graphqlUrl: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: Duration;
  /**
   * Sends one call; `owner` and `repo` of the route are filled in.
   * @throws OutsideFailure for anything that can go wrong outside.
   */
  send(purpose: Purpose, route: string, parameters?: Parameters): Promise<Answer>;
  /** All pages of a list. `key` is the field of the list if the answer is an object. */
  sendAll(purpose: Purpose, route: string, parameters: Parameters, what: string, key?: string): Promise<readonly Raw[]>;
}

/** The longest rate limit to wait for; a longer one ends the work with a failure that says when it resets. */
const LONGEST_WAIT_S = 60;

/** For a complete address, which names the repository itself. */
export const ELSEWHERE: Parameters = { owner: undefined, repo: undefined };

/** A bug or a misbehaving server must not keep us paging forever. */
const MAX_PAGES = 200;

const silent = (): undefined => undefined;

/** Prepares calls; sends nothing yet. @throws OutsideFailure when the token or the repository name is invalid. */
export function openConnection(options: ConnectionOptions): Connection {
  const token = checkedToken(options.token);
  const [owner, name] = checkedRepo(options.repo);
  const meter = createMeter(options.budget?.maxRequests ?? Number.POSITIVE_INFINITY);
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const octokit = createOctokit(options, token, baseUrl, meter);
  const send: Connection['send'] = async (purpose, route, parameters = {}) => {
    try {
      return await octokit.request(route, { owner, repo: name, ...parameters });
    } catch (error) {
      throw new OutsideFailure(withoutToken(failureOf(error, purpose, fromMs(Date.now())), token));
    }
  };
  return {
    meter,
    baseUrl,
    graphqlUrl: options.graphqlUrl ?? `${baseUrl.replace(/\/api\/v3$/, '/api')}/graphql`,
    fetch: options.fetch ?? globalThis.fetch,
    timeoutMs: options.timeoutMs ?? 15 * SECOND,
    send,
    sendAll: (purpose, route, parameters, what, key) => sendAll(send, baseUrl, purpose, route, parameters, what, key),
  };
}

function createOctokit(options: ConnectionOptions, token: string, baseUrl: string, meter: Meter): Octokit {
  const waitUnit = options.waitUnit ?? SECOND;
  const retries = options.retries ?? 2;
  const timeoutMs = options.timeoutMs ?? 15 * SECOND;
  const shortWait = (retryAfter: number, _options: unknown, _octokit: unknown, retryCount: number): boolean =>
    retryAfter <= LONGEST_WAIT_S && retryCount < 1;
  const throttle = {
    enabled: options.throttle ?? true,
    id: options.repo,
    retryAfterBaseValue: waitUnit,
    // GitHub asks for a second between writes that notify people; git objects notify nobody.
    triggersNotification: (path: string) => /\/issues(\/|$)/.test(path),
    notifications: new Bottleneck.Group({ maxConcurrent: 1, minTime: waitUnit }),
    write: new Bottleneck.Group({}),
    onRateLimit: shortWait,
    onSecondaryRateLimit: shortWait,
  };
  const metered = (octokit: { readonly hook: Octokit['hook'] }): void => watchRequests(octokit, meter, timeoutMs);
  // The first plugin is the innermost: it sees every request actually sent, including retries.
  return new (Octokit.plugin(metered, retry, throttling))({
    auth: token,
    baseUrl,
    userAgent: options.userAgent,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: options.fetch === undefined ? {} : { fetch: options.fetch },
    retry: {
      enabled: retries > 0,
      retries,
      retryAfterBaseValue: waitUnit,
      doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451],
    },
    throttle,
  });
}

/** Counts requests, gives each its own time limit, and refuses answers that are truncated or come from a proxy. */
function watchRequests(octokit: { readonly hook: Octokit['hook'] }, meter: Meter, timeoutMs: Duration): void {
  octokit.hook.wrap('request', async (request, options) => {
    meter.beforeRequest();
    // Inner hooks are bound to this very object, so the limit must be set on it.
    options.request = { ...options.request, signal: AbortSignal.timeout(timeoutMs) };
    try {
      const response = await request(options);
      meter.afterAnswer(response.headers);
      const broken = options.request?.['parseSuccessResponseBody'] === false ? null : brokenBody(response);
      if (broken !== null) throw retryable(broken, options);
      return response;
    } catch (error) {
      const headers = headersOf(error);
      if (headers !== null) meter.afterAnswer(headers);
      throw error;
    }
  });
}

/** In this form, the retry plugin tries the call again. */
function retryable(failure: Failure, request: object): Error {
  return Object.assign(new Error(failure.message, { cause: new OutsideFailure(failure) }), { status: 502, request });
}

function brokenBody(response: Answer): Failure | null {
  if (response.status === 204 || response.status === 205) return null;
  // "Accepted" has no content besides its status.
  if (response.status === 202 && (response.data === '' || response.data === undefined)) return null;
  if (typeof response.data === 'object' && response.data !== null && !(response.data instanceof ArrayBuffer))
    return null;
  const type = String(response.headers['content-type'] ?? 'no type').split(';')[0];
  return unreadable('a body', type === 'application/json' ? 'the JSON was cut off' : `it is ${type}, not JSON`);
}

function headersOf(error: unknown): Headers | null {
  if (typeof error !== 'object' || error === null || !('response' in error)) return null;
  const { response } = error;
  const headers = typeof response === 'object' && response !== null && 'headers' in response ? response.headers : null;
  return typeof headers === 'object' && headers !== null ? (headers as Headers) : null;
}

async function sendAll(
  send: Connection['send'],
  baseUrl: string,
  purpose: Purpose,
  route: string,
  parameters: Parameters,
  what: string,
  key: string | undefined,
): Promise<readonly Raw[]> {
  const items: Raw[] = [];
  let answer = await send(purpose, route, { ...parameters, per_page: 100 });
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    items.push(...rawList(key === undefined ? answer.data : memberOf(answer.data, key), what));
    const next = nextPage(answer.headers, baseUrl);
    if (next === null) return items;
    answer = await send(purpose, `GET ${next}`, ELSEWHERE);
  }
  throw new OutsideFailure({
    kind: 'too_large',
    message: `Could not ${purpose.doing}: there are more than ${MAX_PAGES * 100}`,
    remedy: 'Delete what is not needed any more',
    retry: false,
  });
}

/** A field of an answer; undefined when the answer is not an object. */
export function memberOf(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** The address of the next page from the `Link` header; null on the last one. */
export function nextPage(headers: Headers, baseUrl: string): string | null {
  const link = typeof headers['link'] === 'string' ? headers['link'] : '';
  const next = /<([^<>]+)>;\s*rel="next"/.exec(link)?.[1] ?? null;
  if (next === null) return null;
  // Every call carries the token, so it must not go to any other host.
  if (URL.canParse(next) && new URL(next).origin === new URL(baseUrl).origin) return next;
  throw new OutsideFailure(unreadable('a list', 'its next page lies on another host'));
}

function checkedToken(token: string): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new OutsideFailure({
    kind: 'unauthorized',
    message: trimmed === '' ? 'There is no GitHub token' : 'The GitHub token holds characters that no token has',
    remedy: 'Pass `github-token` (in Actions) or set GITHUB_TOKEN (on a machine)',
    retry: false,
  });
}

function checkedRepo(repo: string): readonly [string, string] {
  const [owner, name, ...more] = repo.split('/');
  if (owner !== undefined && name !== undefined && more.length === 0 && /^[\w.-]+\/[\w.-]+$/.test(repo)) {
    return [owner, name];
  }
  throw new OutsideFailure({
    kind: 'invalid',
    message: 'The repository is not given as OWNER/NAME',
    remedy: 'Write it like octocat/hello-world',
    retry: false,
  });
}

/** The last line of defence: a failure never contains the token, whatever its words were made from. */
function withoutToken(failure: Failure, token: string): Failure {
  // No real token is this short; replacing it would only garble words.
  if (token.length < 8) return failure;
  return {
    ...failure,
    message: failure.message.replaceAll(token, '***'),
    remedy: failure.remedy.replaceAll(token, '***'),
  };
}
