import type { Instant } from '../../core/time.ts';

/** What one request to a model used. `input` is what was not cached. */
export interface RequestUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly webSearches: number;
  /** Whether the provider's faster, dearer mode served it. */
  readonly fast: boolean;
}

/**
 * The list price of one request in US dollars; null when the model has none that we know, never 0 instead.
 * `at` is when the request was made; null takes the day that the list was opened for. To be asked request by request:
 * some models charge the whole request more when it is large, so the price of a sum is not the sum of the prices.
 */
export type PriceList = (model: string, usage: RequestUsage, at: Instant | null) => number | null;

/** A price list that knows no price, for readers that need none. */
export const NO_PRICES: PriceList = () => null;

/** A price list that notes which models it was asked for in vain. */
export interface NotingPriceList {
  readonly price: PriceList;
  /** The models without a price so far, as the record writes them. */
  readonly unpriced: () => readonly string[];
}

/** Notes what `price` does not know. Requests that used nothing need no price. */
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
