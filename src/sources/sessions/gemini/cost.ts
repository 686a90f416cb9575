import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import type { PriceList, RequestUsage } from '../../prices/price-list.ts';
import type { TokenKinds } from '../claude/usage.ts';

/** Total usage of one model. Its tokens are null when they were not recorded. */
export interface ModelSum {
  /** Null when the record does not name it. */
  readonly model: string | null;
  readonly tokens: TokenKinds | null;
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

/** No model charges its higher price tier for a request of this input size. */
const BASE_TIER = 100_000;

/** The price, and whether it stays the same no matter how the total is spread over requests. */
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
