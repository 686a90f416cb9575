import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import { type Tokens, UNKNOWN_TOKENS } from '../../../core/session.ts';
import type { PriceList } from '../../prices/price-list.ts';
import { BASE_TIER, priceSum } from '../priced-sums.ts';
import { type ApiResponse, priceResponses } from './responses.ts';
import type { ResultSummary } from './result.ts';
import { addUsage, isComplete, isEmpty, sizeOfInput, type TokenKinds, withTotal } from './usage.ts';

/** Everything known about one session before its figures are chosen. */
export interface Sources {
  readonly result: ResultSummary | null;
  readonly responses: readonly ApiResponse[];
  /** True when records of the file are missing. */
  readonly damaged: boolean;
  /** True when the result's totals may include usage of earlier runs of the session. */
  readonly mayHoldEarlier: boolean;
}

/** A figure or a set of figures, with how certain it is. */
export interface Known<T> {
  readonly value: T;
  readonly state: Certainty;
}

/**
 * True when a result of zero usage can be believed: the result says so and the file has no API response. After some crashes the
 * engine writes a result full of zeros.
 */
function provesZero({ result, responses, damaged }: Sources): boolean {
  if (result === null || damaged || responses.length > 0) return false;
  return (result.usd ?? 0) === 0 && (result.tokens === null || isEmpty(result.tokens));
}

/** The result's tokens if they can be right, otherwise null. */
function resultTokens(sources: Sources): TokenKinds | null {
  const tokens = sources.result?.tokens ?? null;
  return tokens === null || (isEmpty(tokens) && !provesZero(sources)) ? null : tokens;
}

/** The tokens of a session: from the result if possible, otherwise summed over the responses. */
export function chooseTokens(sources: Sources): Known<Tokens> {
  const { result, responses, damaged } = sources;
  const summary = resultTokens(sources);
  if (summary !== null) return { value: withTotal(summary), state: stateOfSummary(summary, sources) };
  // A result without any usage comes from an early version, whose rows do not distinguish the main loop from copies.
  const silent = result !== null && result.tokens === null;
  const rows = silent ? null : rowTokens(responses);
  if (rows === null) return { value: UNKNOWN_TOKENS, state: 'unknown' };
  return { value: withTotal(rows), state: damaged ? 'partial' : 'lower_bound' };
}

function stateOfSummary(summary: TokenKinds, { result, responses, mayHoldEarlier }: Sources): Certainty {
  const all = result?.allModels === true && result.whole && !exceeds(responses, summary);
  const exact = isComplete(summary) && (all || isEmpty(summary));
  if (exact && mayHoldEarlier) return 'estimate';
  return exact ? 'exact' : 'lower_bound';
}

function rowTokens(responses: readonly ApiResponse[]): TokenKinds | null {
  const usages = responses.map((response) => response.usage).filter((usage) => usage !== null);
  return usages.length === 0 ? null : addUsage(usages);
}

/** True when the messages add up to more tokens than the result reports. One of the two must be wrong. */
export function exceeds(responses: readonly ApiResponse[], summary: TokenKinds): boolean {
  const rows = rowTokens(responses);
  if (rows === null) return false;
  return sizeOfInput(rows) > sizeOfInput(summary) || (rows.output ?? 0) > (summary.output ?? 0);
}

/** The cost that the engine reported. Zero counts only if it is proven. */
export function reportedCost(sources: Sources): Money {
  const usd = sources.result?.usd ?? null;
  return usd === null || (usd === 0 && !provesZero(sources)) ? UNKNOWN_MONEY : { usd, basis: 'billed' };
}

/** The best figure for the cost, and how many responses it leaves out because their model has no known price. */
export interface ChosenCost extends Known<Money> {
  readonly unpriced: number;
}

/** The reported cost, otherwise the computed one. */
export function chooseCost(sources: Sources, computed: ChosenCost): ChosenCost {
  const reported = reportedCost(sources);
  if (reported.usd === null) return computed;
  const known = sources.result?.whole === false ? 'lower_bound' : 'exact';
  return { value: reported, state: sources.mayHoldEarlier ? 'estimate' : known, unpriced: 0 };
}

/** The list price, regardless of what was reported. Based on complete tokens if known, otherwise on the available responses. */
export function computeCost(sources: Sources, price: PriceList): ChosenCost {
  const complete = resultTokens(sources) === null ? null : priceModels(sources, price);
  if (complete !== null) return { ...complete, unpriced: 0 };
  const { usd, unpriced } = priceResponses(sources.responses, price);
  if (usd === null) return { value: UNKNOWN_MONEY, state: 'unknown', unpriced };
  return { value: { usd, basis: 'estimated' }, state: sources.damaged ? 'partial' : 'lower_bound', unpriced };
}

/**
 * Prices totals by model. It is unknown how they were spread over requests, so they are priced as requests small enough for the
 * base tier, which never overstates the cost. If the messages show that all requests were that small, the figure is what they cost.
 * Null when a model has no price.
 */
function priceModels({ result, responses }: Sources, price: PriceList): Known<Money> | null {
  const usages = result?.perModel ?? [];
  const prices = usages.map((usage) => priceSum(usage, price));
  const known = prices.filter((priced) => priced !== null);
  if (known.length === 0 || known.length < prices.length) return null;
  const usd = known.reduce((sum, priced) => sum + priced.usd, 0);
  return {
    value: { usd, basis: 'list' },
    state: known.every(({ flat }) => flat) || areSmall(responses) ? 'estimate' : 'lower_bound',
  };
}

/** True when every single request is known and none is large enough for a higher price tier. */
function areSmall(responses: readonly ApiResponse[]): boolean {
  return responses.length > 0 && responses.every(({ usage }) => usage !== null && sizeOfInput(usage) <= BASE_TIER);
}
