import type { Instant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { asObject, asText, type JsonObject } from '../json/fields.ts';
import { isSplitOff, type Row } from './rows.ts';
import { type CodexUsage, growth, isNothing, kindsOf, readCodexUsage } from './usage.ts';

/** One step of a thread's running total: a request to the model. */
export interface ModelRequest {
  readonly model: string | null;
  readonly used: CodexUsage;
  /** Whether it used the faster, more expensive mode. */
  readonly fast: boolean;
  readonly at: Instant | null;
}

/** The state after the rows so far. */
interface Meter {
  /** The running total in the thread's counts. */
  total: CodexUsage | null;
  /** The running total in its records of responses. */
  recorded: CodexUsage | null;
  /** The totals so far with their times. */
  readonly counts: Set<string>;
  /** Responses that have a record. Null until there is one. */
  responses: Set<string> | null;
  /** The thread's own id if it was split off, since others' records may come along. */
  splitOff: string | null;
  model: string | null;
  fast: boolean;
}

/** The requests of a thread: the steps of its running total, starting where its inherited rows end. */
export function requestsOf(inherited: readonly Row[], own: readonly Row[]): readonly ModelRequest[] {
  const next = requestReader();
  for (const row of inherited) next(row);
  return own.map(next).filter((request) => request !== null);
}

/**
 * Reads the rows of a thread in order and returns the request in each, or null. Newer versions write a record of each response,
 * including those that summarize the conversation, which the counts leave out. From the first record on, only records count.
 */
export function requestReader(): (row: Row) => ModelRequest | null {
  const meter: Meter = {
    total: null,
    recorded: null,
    counts: new Set(),
    responses: null,
    splitOff: null,
    model: null,
    fast: false,
  };
  return (row) => readRow(row, meter);
}

function readRow(row: Row, meter: Meter): ModelRequest | null {
  const { type, kind, payload } = row;
  if (type === 'session_meta' && isSplitOff(row)) meter.splitOff ??= asText(payload['id']);
  if (type === 'turn_context') readSettings(payload, meter);
  if (kind === 'thread_settings_applied') readSettings(asObject(payload['thread_settings']), meter);
  if (type === 'token_usage_record') return readRecord(row, meter);
  return kind === 'token_count' ? readCount(row, meter) : null;
}

/** Reads a count of the thread's usage so far. */
function readCount({ payload, at }: Row, meter: Meter): ModelRequest | null {
  const info = asObject(payload['info']);
  const total = readCodexUsage(info?.['total_token_usage']);
  if (total === null) return null;
  if (isCopy(total, at, meter)) return null;
  const used = growth(meter.total, total);
  meter.total = total;
  if (isNothing(used) || meter.responses !== null) return null;
  return { model: asText(info?.['model']) ?? meter.model, used, fast: meter.fast, at };
}

/** Whether the same total was told at the same time before, as in a file that holds its rows twice. It is no new start. */
function isCopy({ input, output }: CodexUsage, at: Instant | null, { counts }: Meter): boolean {
  return at !== null && counts.size === counts.add(`${at} ${input} ${output}`).size;
}

/** Reads the record of one response. If it has only the thread's total, the growth of that total counts. */
function readRecord({ payload, at }: Row, meter: Meter): ModelRequest | null {
  const thread = asText(payload['thread_id']);
  if (meter.splitOff !== null && thread !== null && thread !== meter.splitOff) return null;
  const total = readCodexUsage(payload['thread_token_usage']);
  const used =
    readCodexUsage(payload['usage']) ?? (total === null ? null : growth(meter.recorded ?? meter.total, total));
  meter.recorded = total ?? meter.recorded;
  if (used === null) return null;
  meter.responses ??= new Set();
  const response = asText(payload['response_id']);
  if (response !== null && meter.responses.has(response)) return null;
  if (response !== null) meter.responses.add(response);
  if (isNothing(used)) return null;
  return { model: asText(payload['model']) ?? meter.model, used, fast: meter.fast, at };
}

function readSettings(settings: JsonObject | null, meter: Meter): void {
  meter.model = asText(settings?.['model']) ?? meter.model;
  const tier = asText(settings?.['service_tier']);
  if (tier !== null) meter.fast = tier === 'fast' || tier === 'priority';
}

/** The price of a list of requests, and how many could not be priced. */
export interface PricedRequests {
  /** Null when none of them has a price. */
  readonly usd: number | null;
  /** Requests whose model is unknown or has no known price. They are not in `usd`. */
  readonly unpriced: number;
}

/** Prices each request by itself, as the provider bills. */
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

/** The price of one request in US dollars. Null when its model is unknown or has no known price. */
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
