import type { Instant } from '../../core/time.ts';

/** What one request to a model used. `input` excludes cached tokens. */
export interface RequestUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly webSearches: number;
  /** Whether it was served in the provider's faster, more expensive mode. */
  readonly fast: boolean;
}

/**
 * The list price of one request in US dollars. Null when the model has no known price, never 0 instead. `at` is when the request
 * was made; null means the day that the list was opened for. Price requests one by one: some models charge more for a large
 * request, so the price of a sum differs from the sum of the prices.
 */
export interface PriceList {
  (model: string, usage: RequestUsage, at: Instant | null): number | null;
  /** The flat rate of the requests of a day, for those who price many. Null, or left out, when each request has to be asked for. */
  readonly rate?: (model: string, fast: boolean, at: Instant | null) => Rate | null;
}

/**
 * The price of each token and web search in US dollars, for requests with at most `upTo` tokens of input, cached or not. The sum over
 * the kinds, in their order, is the price of a request.
 */
export interface FlatPrice {
  readonly upTo: number;
  readonly each: Readonly<Omit<RequestUsage, 'fast'>>;
}

/** A flat price, and the factor that it is multiplied by. */
export interface Rate extends FlatPrice {
  readonly times: number;
}

/** A price list without prices, for readers that need none. */
export const NO_PRICES: PriceList = () => null;

/** A price list that records which models had no price. */
export interface NotingPriceList {
  readonly price: PriceList;
  /** The models without a price so far, as the record writes them. */
  readonly unpriced: () => readonly string[];
}

/** Records what `price` does not know. Requests that used nothing need no price. */
export function notingPrices(price: PriceList): NotingPriceList {
  const unpriced = new Set<string>();
  return {
    price: (model, usage, at) => {
      const usd = price(model, usage, at);
      if (usd === null && !isNothing(usage)) unpriced.add(model);
      return usd;
    },
    unpriced: () => [...unpriced],
  };
}

function isNothing({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: RequestUsage): boolean {
  return input + output + cacheRead + cacheWrite5m + cacheWrite1h === 0;
}
