import type { FlatPrice, RequestUsage } from './price-list.ts';

/** A price and the UTC day on which it began; empty for a model's first price. */
export interface DatedPrice extends FlatPrice {
  readonly since: string;
}

/** The price of a request; null if it is too large for a flat price. */
export function flatCost({ upTo, each }: FlatPrice, usage: RequestUsage): number | null {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, webSearches } = usage;
  if (input + cacheRead + cacheWrite5m + cacheWrite1h > upTo) return null;
  return (
    input * each.input +
    output * each.output +
    cacheRead * each.cacheRead +
    cacheWrite5m * each.cacheWrite5m +
    cacheWrite1h * each.cacheWrite1h +
    webSearches * each.webSearches
  );
}
