import { type Duration, type Instant, parseInstant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { asCount, asText, type JsonObject, sumKnown } from '../json/fields.ts';
import { spellingOf } from '../json/spelling.ts';
import { creditsIn, type ServedUsage, servedUsage, sizeOf, splitUsage } from './usage.ts';

/** One request that went through the proxy of gh-aw. */
export interface GhAwRequest extends ServedUsage {
  /** The event and the id of the request. The same line is stored in up to three files. */
  readonly key: string;
  readonly at: Instant | null;
  /** Whether it was made for threat detection, if the record says. */
  readonly detection: boolean;
  /** Whether it was answered but has no tokens. */
  readonly silent: boolean;
  readonly credits: number | null;
  /** Whether the proxy says that its credits are unknown. Its running total then leaves it out. */
  readonly unpriced: boolean;
  /** Credits of this request and all before it. */
  readonly creditsSoFar: number | null;
  readonly duration: Duration | null;
}

/** Reads one line of the proxy. `index` distinguishes lines without an id. */
export function readRequest(record: JsonObject): GhAwRequest {
  const served = servedUsage(record);
  const id = asText(record['request_id']) ?? asCount(record['request_id']);
  const status = asCount(record['status']);
  const counted = served.usage.input !== null || served.usage.output !== null;
  return {
    ...served,
    key: id === null ? lineWithoutId(record) : `${asText(record['event']) ?? 'token_usage'}:${id}`,
    at: parseInstant(record['timestamp']),
    detection: /detection/i.test(asText(record['purpose']) ?? ''),
    silent: !counted && (status === null || status < 400),
    credits: creditsIn(record, 'ai_credits_this_response'),
    unpriced: record['ai_credits_this_response'] === null,
    creditsSoFar: creditsIn(record, 'ai_credits_total'),
    duration: asCount(record['duration_ms']),
  };
}

/** Equal for copies of a line. Nobody nests a line too deeply to be written but who wants to break its reader. */
function lineWithoutId(record: JsonObject): string {
  return spellingOf(record) ?? JSON.stringify(Object.entries(record).filter(([, value]) => typeof value !== 'object'));
}

/** Each request once. If it has several lines, the one with most tokens counts, and the first among equals. */
export function eachRequestOnce(requests: readonly GhAwRequest[]): readonly GhAwRequest[] {
  const kept = new Map<string, GhAwRequest>();
  for (const request of requests) {
    const before = kept.get(request.key);
    if (before === undefined || sizeOf(request.usage) > sizeOf(before.usage)) kept.set(request.key, request);
  }
  return [...kept.values()];
}

/** A key that is equal for two lines of the very same request, even in the files of two phases. */
export function lineOf({ key, at, model, usage }: GhAwRequest): string {
  return JSON.stringify([key, at, model, usage]);
}

/** The credits that the proxy itself reported. */
export interface ProxyCredits {
  /** Null when no line has any. */
  readonly credits: number | null;
  /** False when a line that used tokens has none. */
  readonly complete: boolean;
}

/** The proxy's running total, which covers lost lines. Otherwise the sum of its lines. */
export function proxyCredits(requests: readonly GhAwRequest[]): ProxyCredits {
  const sum = sumKnown(requests.map(({ credits }) => credits));
  const totals = requests.map(({ creditsSoFar }) => creditsSoFar).filter((total) => total !== null);
  const running = totals.length === 0 ? null : totals.reduce((a, b) => Math.max(a, b));
  const used = requests.filter(({ usage }) => sizeOf(usage) > 0);
  const complete =
    running === null ? used.every(({ credits }) => credits !== null) : !used.some(({ unpriced }) => unpriced);
  const credits = running === null ? sum : Math.max(running, sum ?? 0);
  return { credits: credits === 0 ? null : credits, complete };
}

/** What the requests cost at list price, one by one as the provider bills, and how many of them have no price. */
export function priceRequests(
  requests: readonly GhAwRequest[],
  price: PriceList,
): { readonly usd: number | null; readonly unpriced: number } {
  const used = requests.filter(({ usage }) => sizeOf(usage) > 0);
  const prices = used.map((request) => priceServed(request, request.at, 1, price));
  return { usd: sumKnown(prices), unpriced: prices.filter((usd) => usd === null).length };
}

/** The list price of usage spread over `parts` equal requests, or null if it has none. */
export function priceServed(served: ServedUsage, at: Instant | null, parts: number, price: PriceList): number | null {
  const { kinds } = splitUsage(served);
  if (served.model === null || kinds.input === null || kinds.output === null) return null;
  const request = {
    input: kinds.input / parts,
    output: kinds.output / parts,
    cacheRead: (kinds.cacheRead ?? 0) / parts,
    cacheWrite5m: (kinds.cacheWrite5m ?? 0) / parts,
    cacheWrite1h: 0,
    webSearches: 0,
    fast: false,
  };
  const usd = price(served.model, request, at);
  return usd === null ? null : usd * parts;
}
