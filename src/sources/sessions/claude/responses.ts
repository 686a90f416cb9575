import { type Instant, parseInstant } from '../../../core/time.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { asCount, asObject, asText, type JsonObject } from '../json/fields.ts';
import { partialMessages } from './partial-messages.ts';
import { readUsage, type TokenKinds } from './usage.ts';

/** One API response, assembled from the rows that carry parts of it. */
export interface ApiResponse {
  readonly model: string | null;
  /** Null when its rows hold no usage. */
  readonly usage: TokenKinds | null;
  readonly webSearches: number;
  readonly fast: boolean;
  readonly at: Instant | null;
}

/** The model in rows that the engine writes itself, without calling the API. */
export const SYNTHETIC = '<synthetic>';

/**
 * The API responses in order. Each content block has its own row with the message's id, and earlier rows hold placeholders for the
 * output. So the row with the most output counts for each id, and the last one among equals. If responses were streamed
 * (`--include-partial-messages`), their events give the final output.
 */
export function responsesOf(messages: readonly JsonObject[]): readonly ApiResponse[] {
  const byId = new Map<string, ApiResponse>();
  const streamed = partialMessages();
  messages.forEach((row, index) => {
    const message = row['type'] === 'assistant' ? asObject(row['message']) : streamed(row);
    if (message === null || message['model'] === SYNTHETIC) return;
    const id = asText(message['id']) ?? `row ${index}`;
    const response = readResponse(row, message);
    const before = byId.get(id);
    if (before === undefined || outputOf(response) >= outputOf(before)) byId.set(id, response);
  });
  return [...byId.values()];
}

function outputOf(response: ApiResponse): number {
  return response.usage?.output ?? -1;
}

/** Reads the response that a row holds a part of. */
export function readResponse(row: JsonObject, message: JsonObject): ApiResponse {
  const usage = asObject(message['usage']);
  return {
    model: asText(message['model']),
    usage: readUsage(usage),
    webSearches: asCount(asObject(usage?.['server_tool_use'])?.['web_search_requests']) ?? 0,
    fast: usage?.['speed'] === 'fast',
    at: parseInstant(row['timestamp']),
  };
}

/** The price of a list of responses, and how many could not be priced. */
export interface PricedResponses {
  /** Null when none of them has a price. */
  readonly usd: number | null;
  /** Responses that used something but have no known price. They are not in `usd`. */
  readonly unpriced: number;
}

/** Prices each response by itself, as the provider bills. */
export function priceResponses(responses: readonly ApiResponse[], price: PriceList): PricedResponses {
  let usd: number | null = null;
  let unpriced = 0;
  for (const response of responses) {
    const amount = priceResponse(response, price);
    if (amount === null) unpriced++;
    else usd = (usd ?? 0) + amount;
  }
  return { usd, unpriced };
}

/** The price of one response in US dollars, or null when its model has no known price. */
export function priceResponse({ model, usage, webSearches, fast, at }: ApiResponse, price: PriceList): number | null {
  if (model === null || usage === null || usage.input === null || usage.output === null) return null;
  const request = {
    input: usage.input,
    output: usage.output,
    cacheRead: usage.cacheRead ?? 0,
    cacheWrite5m: usage.cacheWrite5m ?? 0,
    cacheWrite1h: usage.cacheWrite1h ?? 0,
    webSearches,
    fast,
  };
  return price(model, request, at);
}
