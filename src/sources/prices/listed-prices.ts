import type { DatedPrice } from './flat-price.ts';
import { LISTED } from './listed.ts';

/** What stands in the list for a first price, which has no day, and for a price of requests of any size. */
export const NONE = '-';

/**
 * The prices of a model whose name sessions often hold, in the order of their days. Null for every other model. Every listed name
 * means the same model with any date behind it.
 */
export function listedPrices(model: string): readonly DatedPrice[] | null {
  const prices = pricesOf(model);
  const named = prices.length === 0 ? pricesOf(model.replace(/-20\d{6}$/, '')) : prices;
  return named.length === 0 ? null : named;
}

function pricesOf(model: string): readonly DatedPrice[] {
  const prices: DatedPrice[] = [];
  const start = `\n${model} `;
  for (let at = LISTED.indexOf(start); at !== -1; at = LISTED.indexOf(start, at + 1)) {
    const line = LISTED.slice(at + 1, LISTED.indexOf('\n', at + 1));
    const [name, since = NONE, upTo = NONE, ...each] = line.split(' ');
    if (name === model) prices.push(toPrice(since, upTo, each.map(Number)));
  }
  return prices;
}

function toPrice(since: string, upTo: string, each: readonly number[]): DatedPrice {
  const [input = 0, output = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, webSearches = 0] = each;
  return {
    since: since === NONE ? '' : since,
    upTo: upTo === NONE ? Number.POSITIVE_INFINITY : Number(upTo),
    each: { input, output, cacheRead, cacheWrite5m, cacheWrite1h, webSearches },
  };
}
