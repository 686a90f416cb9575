import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import type { PriceList, RequestUsage } from '../../prices/price-list.ts';
import type { TokenKinds } from '../claude/usage.ts';

/** What one model used in all. Its tokens are null when they were not recorded. */
export interface ModelSum {
  /** Null when the record does not name it. */
  readonly model: string | null;
  readonly tokens: TokenKinds | null;
}

/** A cost with how well it is known. */
export interface PricedSums {
  readonly cost: Money;
  readonly state: Certainty;
  /** Models that used something and have no known price; they are not in the cost. */
  readonly unpriced: number;
}

/**
 * The list price of sums by model. Nothing tells how they spread over requests, so where a model charges large requests more
 * they are priced as small ones: never too much.
 */
export function priceSums(sums: readonly ModelSum[], price: PriceList): PricedSums {
  let usd: number | null = null;
  let [unpriced, certain] = [0, true];
  for (const sum of sums) {
    const priced = priceSum(sum, price);
    if (priced === null) unpriced++;
    else usd = (usd ?? 0) + priced.usd;
    certain &&= priced?.flat === true;
  }
  if (usd === null) return { cost: UNKNOWN_MONEY, state: 'unknown', unpriced };
  return { cost: { usd, basis: 'list' }, state: certain ? 'estimate' : 'lower_bound', unpriced };
}

/** No model charges a request of this input its dearer tier. */
const BASE_TIER = 100_000;

/** The price, and whether it is the same however the sum spreads over requests. */
function priceSum({ model, tokens }: ModelSum, price: PriceList): { usd: number; flat: boolean } | null {
  if (model === null || tokens === null || tokens.input === null || tokens.output === null) return null;
  const size = tokens.input + (tokens.cacheRead ?? 0);
  const parts = Math.max(1, Math.ceil(size / BASE_TIER));
  const part = price(model, partOf(tokens, parts), null);
  const whole = parts === 1 ? part : price(model, partOf(tokens, 1), null);
  if (part === null || whole === null) return null;
  const usd = part * parts;
  return { usd, flat: Math.abs(whole - usd) <= 1e-9 * usd };
}

function partOf({ input, output, cacheRead }: TokenKinds, parts: number): RequestUsage {
  return {
    input: (input ?? 0) / parts,
    output: (output ?? 0) / parts,
    cacheRead: (cacheRead ?? 0) / parts,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    webSearches: 0,
    fast: false,
  };
}
