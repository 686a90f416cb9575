import type { Duration, Instant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { addUsage, type TokenKinds } from '../claude/usage.ts';
import { sumKnown } from '../json/fields.ts';
import { amountIn, countIn, type LogEvent, textIn } from './otlp.ts';

/** One request to the API. */
export interface ApiRequest {
  readonly model: string | null;
  readonly tokens: TokenKinds;
  /** As reported by Claude Code. Null when it is not. */
  readonly usd: number | null;
  readonly fast: boolean;
  readonly at: Instant | null;
  readonly duration: Duration | null;
}

/** The requests among the events. One that was sent several times counts once, with the highest figures reported. */
export function requestsOf(events: readonly LogEvent[]): readonly ApiRequest[] {
  const requests = new Map<string, ApiRequest>();
  events.forEach((event, index) => {
    noteRequest(requests, event, index);
  });
  return [...requests.values()];
}

/** Adds the request in an event, if there is one. `index` distinguishes it from other events. */
export function noteRequest(requests: Map<string, ApiRequest>, event: LogEvent, index: number): void {
  if (event.name !== 'api_request') return;
  const request = readRequest(event);
  const key = keyOf(event, index);
  const before = requests.get(key);
  requests.set(key, before === undefined ? request : joined(before, request));
}

/**
 * Anyone who can reach the receiver can send a request again. That must not lower its usage or change its model to a cheaper one.
 */
function joined(before: ApiRequest, after: ApiRequest): ApiRequest {
  const [a, b] = [before.tokens, after.tokens];
  return {
    model: before.model ?? after.model,
    tokens: {
      input: larger(a.input, b.input),
      output: larger(a.output, b.output),
      cacheRead: larger(a.cacheRead, b.cacheRead),
      cacheWrite5m: larger(a.cacheWrite5m, b.cacheWrite5m),
      cacheWrite1h: larger(a.cacheWrite1h, b.cacheWrite1h),
    },
    usd: larger(before.usd, after.usd),
    fast: before.fast || after.fast,
    at: before.at ?? after.at,
    duration: larger(before.duration, after.duration),
  };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** A resumed session keeps its id and numbers its events from the start again, so a number counts together with its time. */
function keyOf({ attributes, at }: LogEvent, index: number): string {
  const request = textIn(attributes, 'request_id');
  if (request !== null) return `request ${request}`;
  const sequence = attributes.get('event.sequence');
  return sequence === undefined ? `event ${index}` : `sequence ${sequence} ${at ?? ''}`;
}

function readRequest({ attributes, at }: LogEvent): ApiRequest {
  const written = countIn(attributes, 'cache_creation_tokens');
  return {
    model: textIn(attributes, 'model'),
    tokens: {
      input: countIn(attributes, 'input_tokens'),
      output: countIn(attributes, 'output_tokens'),
      cacheRead: countIn(attributes, 'cache_read_tokens'),
      cacheWrite5m: written,
      cacheWrite1h: written === null ? null : 0,
    },
    usd: amountIn(attributes, 'cost_usd'),
    fast: attributes.get('speed') === 'fast',
    at,
    duration: countIn(attributes, 'duration_ms'),
  };
}

/** The tokens of all requests. */
export function tokensOf(requests: readonly ApiRequest[]): TokenKinds | null {
  return requests.length === 0 ? null : addUsage(requests.map(({ tokens }) => tokens));
}

/** What the requests cost: as reported, otherwise at list price. */
export interface RequestCosts {
  readonly reported: number | null;
  /** Uses the list price for requests without a reported cost. Null when nothing is known about any of them. */
  readonly best: number | null;
  readonly listed: number;
  /** Requests whose cost is neither reported nor known. */
  readonly unpriced: number;
  /** The list price of all of them, regardless of what is reported. Null when one has none. */
  readonly computed: number | null;
}

/** Sums the cost of requests. A cost of 0 for a request that used tokens is not believed. */
export function costsOf(requests: readonly ApiRequest[], price: PriceList): RequestCosts {
  const reported = requests.map(({ usd, tokens }) => (usd === 0 && used(tokens) > 0 ? null : usd));
  const prices = requests.map((request) => priceOf(request, price));
  const listed = prices.map((usd, index) => (reported[index] === null ? usd : null));
  const best = requests.map((_, index) => reported[index] ?? listed[index] ?? null);
  return {
    reported: sumKnown(reported),
    best: sumKnown(best),
    listed: listed.filter((usd) => usd !== null).length,
    unpriced: best.filter((usd) => usd === null).length,
    computed: prices.includes(null) ? null : sumKnown(prices),
  };
}

function used(tokens: TokenKinds): number {
  return sumKnown(Object.values(tokens)) ?? 0;
}

function priceOf({ model, tokens, fast, at }: ApiRequest, price: PriceList): number | null {
  if (model === null || tokens.input === null || tokens.output === null) return null;
  const request = {
    input: tokens.input,
    output: tokens.output,
    cacheRead: tokens.cacheRead ?? 0,
    cacheWrite5m: tokens.cacheWrite5m ?? 0,
    cacheWrite1h: 0,
    webSearches: 0,
    fast,
  };
  return price(model, request, at);
}
