import type { OwnPrice } from '../../core/price.ts';
import type { Instant } from '../../core/time.ts';
import { bareModel } from './model-name.ts';
import type { PriceList, RequestUsage } from './price-list.ts';

const MILLION = 1_000_000;

/**
 * A list in which configured prices come first and `others` covers the rest. Among several for one model, the one whose day began
 * last counts. A name written in full takes precedence over one that differs only in date or seller.
 */
export function withOwnPrices(own: readonly OwnPrice[], day: Instant, others: PriceList): PriceList {
  if (own.length === 0) return others;
  const exact = groupBy(own, ({ model }) => model.toLowerCase());
  const bare = groupBy(own, ({ model }) => bareModel(model));
  return (model, usage, at) => {
    const moment = at ?? day;
    const price = inForce(exact.get(model.toLowerCase()), moment) ?? inForce(bare.get(bareModel(model)), moment);
    return price === null ? others(model, usage, at) : priceOf(price, usage);
  };
}

function groupBy(own: readonly OwnPrice[], key: (price: OwnPrice) => string): ReadonlyMap<string, readonly OwnPrice[]> {
  const groups = new Map<string, OwnPrice[]>();
  for (const price of own) groups.set(key(price), [...(groups.get(key(price)) ?? []), price]);
  groups.delete('');
  return groups;
}

function inForce(prices: readonly OwnPrice[] | undefined, at: Instant): OwnPrice | null {
  const begun = (prices ?? []).filter(({ from }) => from === undefined || from <= at);
  return begun.reduce<OwnPrice | null>(
    (last, price) => ((price.from ?? '') >= (last?.from ?? '') ? price : last),
    null,
  );
}

function priceOf(price: OwnPrice, usage: RequestUsage): number | null {
  const { input, output, cache_read = input, cache_write = input, cache_write_1h = cache_write } = price;
  const factor = usage.fast ? price.fast : 1;
  if (factor === undefined) return null;
  const tokens =
    usage.input * input +
    usage.output * output +
    usage.cacheRead * cache_read +
    usage.cacheWrite5m * cache_write +
    usage.cacheWrite1h * cache_write_1h;
  return (tokens / MILLION) * factor + usage.webSearches * (price.web_search ?? 0);
}
