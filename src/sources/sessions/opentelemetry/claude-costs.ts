import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { isEmpty, type TokenKinds } from '../claude/usage.ts';
import { leftOut, priceSums } from '../priced-sums.ts';
import type { MetricTotals } from './claude-metrics.ts';
import { type ApiRequest, costsOf, type RequestCosts, tokensOf } from './claude-requests.ts';

/** What a session cost. */
export interface SessionCost {
  readonly best: Money;
  readonly reported: Money;
  /** The list price, regardless of what is reported. */
  readonly computed: Money;
  readonly computedState: Certainty;
  /** What is left out, as sentences. */
  readonly oddities: readonly string[];
}

/** The cost of the requests if there are events, otherwise of the metrics. `certainty` is that of the tokens. */
export function costOf(
  requests: readonly ApiRequest[],
  totals: MetricTotals,
  certainty: Certainty,
  price: PriceList,
): SessionCost {
  const costs = costsOf(requests, price);
  const unpriced = `the cost of ${costs.unpriced} of ${requests.length} requests is not known: it is left out`;
  const told = costs.best !== null;
  const cost = told ? costOfRequests(costs, certainty) : costOfMetrics(requests, totals, certainty, price);
  // Metrics that tell the cost leave nothing out.
  const lacking = costs.unpriced > 0 && (told || cost.best.usd === null);
  return { ...cost, oddities: [...(lacking ? [unpriced] : []), ...cost.oddities] };
}

function costOfRequests({ best, reported, listed, computed }: RequestCosts, certainty: Certainty): SessionCost {
  const told = moneyOf(reported, 'billed');
  return {
    best: listed === 0 ? told : moneyOf(best, 'estimated'),
    reported: told,
    ...computedOf(computed, listed === 0, certainty),
    oddities: [],
  };
}

/** A cost of 0 is not believed. Metrics without a cost are priced, provided that their tokens are those of the session. */
function costOfMetrics(
  requests: readonly ApiRequest[],
  { usd, tokens, sums }: MetricTotals,
  certainty: Certainty,
  price: PriceList,
): SessionCost {
  const told = knownTokens(tokensOf(requests));
  const used = told ?? knownTokens(tokens);
  const reported = moneyOf(usd === 0 || used === null ? null : usd, 'billed');
  const priced = priceSums(told === null ? sums : [], price);
  const flat = priced.state === 'estimate';
  const computed = priced.unpriced === 0 ? priced.cost.usd : null;
  return {
    best: reported.usd === null ? moneyOf(priced.cost.usd, 'estimated') : reported,
    reported,
    ...computedOf(computed, reported.usd !== null && flat, certainty),
    oddities: reported.usd === null && priced.unpriced > 0 ? [leftOut(priced.unpriced, sums.length)] : [],
  };
}

/** `comparable` means that the reported cost covers the same tokens: the two can be compared, whatever else was used. */
function computedOf(
  usd: number | null,
  comparable: boolean,
  certainty: Certainty,
): Pick<SessionCost, 'computed' | 'computedState'> {
  if (usd === null) return { computed: UNKNOWN_MONEY, computedState: 'unknown' };
  const computedState = comparable && certainty !== 'partial' ? 'estimate' : 'lower_bound';
  return { computed: moneyOf(usd, 'list'), computedState };
}

function moneyOf(usd: number | null, basis: Money['basis']): Money {
  return usd === null ? UNKNOWN_MONEY : { usd, basis };
}

/** Zeros do not prove that nothing was used: it may not have been sent yet. */
export function knownTokens(tokens: TokenKinds | null): TokenKinds | null {
  return tokens === null || isEmpty(tokens) ? null : tokens;
}
