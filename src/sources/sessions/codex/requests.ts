import type { Instant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import type { Row } from './rows.ts';
import { type CodexUsage, growth, isNothing, kindsOf, readCodexUsage } from './usage.ts';

/** What the running total of a thread grew by at once: a request to the model. */
export interface ModelRequest {
  readonly model: string | null;
  readonly used: CodexUsage;
  /** Whether it was asked for in the faster, dearer mode. */
  readonly fast: boolean;
  readonly at: Instant | null;
}

/** What the rows said so far. */
interface Meter {
  total: CodexUsage | null;
  model: string | null;
  fast: boolean;
}

/** The requests of a thread: what its running total grew by, from where the rows that it took over leave off. */
export function requestsOf(inherited: readonly Row[], own: readonly Row[]): readonly ModelRequest[] {
  const next = requestReader();
  for (const row of inherited) next(row);
  return own.map(next).filter((request) => request !== null);
}

/** Reads the rows of a thread in order: of each, the request that it tells of, or null. */
export function requestReader(): (row: Row) => ModelRequest | null {
  const meter: Meter = { total: null, model: null, fast: false };
  return (row) => readRow(row, meter);
}

function readRow({ type, kind, payload, at }: Row, meter: Meter): ModelRequest | null {
  if (type === 'turn_context') readSettings(payload, meter);
  if (kind === 'thread_settings_applied') readSettings(asObject(payload['thread_settings']), meter);
  const info = kind === 'token_count' ? asObject(payload['info']) : null;
  const total = info === null ? null : readCodexUsage(info['total_token_usage']);
  if (info === null || total === null) return null;
  const used = growth(meter.total, total);
  meter.total = total;
  if (isNothing(used)) return null;
  return { model: asText(info['model']) ?? meter.model, used, fast: meter.fast, at };
}

function readSettings(settings: JsonObject | null, meter: Meter): void {
  meter.model = asText(settings?.['model']) ?? meter.model;
  const tier = asText(settings?.['service_tier']);
  if (tier !== null) meter.fast = tier === 'fast' || tier === 'priority';
}

/** The price of a list of requests, and what could not be priced. */
export interface PricedRequests {
  /** Null when not one of them has a price. */
  readonly usd: number | null;
  /** Requests whose model is not known or has no known price; they are not in `usd`. */
  readonly unpriced: number;
}

/** Prices request by request, as the provider bills. */
export function priceRequests(requests: readonly ModelRequest[], price: PriceList): PricedRequests {
  let usd: number | null = null;
  let unpriced = 0;
  for (const request of requests) {
    const amount = priceRequest(request, price);
    if (amount === null) unpriced++;
    else usd = (usd ?? 0) + amount;
  }
  return { usd, unpriced };
}

/** The price of one request in US dollars; null when its model is not known or has none that is known. */
export function priceRequest({ model, used, fast, at }: ModelRequest, price: PriceList): number | null {
  const { input, output, cacheRead, cacheWrite5m } = kindsOf(used);
  const request = {
    input: input ?? 0,
    output: output ?? 0,
    cacheRead: cacheRead ?? 0,
    cacheWrite5m: cacheWrite5m ?? 0,
    cacheWrite1h: 0,
    webSearches: 0,
    fast,
  };
  return model === null ? null : price(model, request, at);
}
