import { type Money, UNKNOWN_MONEY } from '../../core/money.ts';
import type { Certainty } from '../../core/outcome.ts';
import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import { sizeOfInput, type TokenKinds } from './claude/usage.ts';

/** Total usage of one model. Its tokens are null when they were not recorded. */
export interface ModelSum {
  /** Null when the record does not name it. */
  readonly model: string | null;
  readonly tokens: TokenKinds | null;
  readonly webSearches?: number;
  readonly fast?: boolean;
  /** The day whose prices count; by default that of the price list. */
  readonly at?: Instant | null;
}

/** A cost, with how certain it is. */
export interface PricedSums {
  readonly cost: Money;
  readonly state: Certainty;
  /** Models that used something but have no known price. They are not in the cost. */
  readonly unpriced: number;
}

/**
 * The list price of totals by model. It is unknown how they were spread over requests. If a model charges more for large requests
 * they are priced as small ones, which never overstates the cost.
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

/** Tells of models without a price, as a sentence. */
export function leftOut(unpriced: number, models: number): string {
  return `${unpriced} of ${models} models have no known price: the cost leaves them out`;
}

/** No model charges its higher price tier for a request of this input size. */
export const BASE_TIER = 100_000;

/** The list price of a total. */
export interface PricedSum {
  readonly usd: number;
  /** Whether it is the same no matter how the total is spread over requests. */
  readonly flat: boolean;
}

/** The price of a total as that of requests small enough for the base tier. Null when there is none. */
export function priceSum(sum: ModelSum, price: PriceList): PricedSum | null {
  const parts = sum.tokens === null ? 1 : Math.max(1, Math.ceil(sizeOfInput(sum.tokens) / BASE_TIER));
  const part = pricePart(sum, parts, price);
  const whole = parts === 1 ? part : pricePart(sum, 1, price);
  if (part === null || whole === null) return null;
  const usd = part * parts;
  return { usd, flat: Math.abs(whole - usd) <= 1e-9 * usd };
}

function pricePart(
  { model, tokens, webSearches = 0, fast = false, at = null }: ModelSum,
  parts: number,
  price: PriceList,
): number | null {
  if (model === null || tokens === null || tokens.input === null || tokens.output === null) return null;
  const part = {
    input: tokens.input / parts,
    output: tokens.output / parts,
    cacheRead: (tokens.cacheRead ?? 0) / parts,
    cacheWrite5m: (tokens.cacheWrite5m ?? 0) / parts,
    cacheWrite1h: (tokens.cacheWrite1h ?? 0) / parts,
    webSearches: webSearches / parts,
    fast,
  };
  return price(model, part, at);
}
