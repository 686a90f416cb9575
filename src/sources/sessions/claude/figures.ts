import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import { type Tokens, UNKNOWN_TOKENS } from '../../../core/session.ts';
import type { PriceList } from '../../prices/price-list.ts';
import type { ModelUsage } from './model-usage.ts';
import { type ApiResponse, priceResponses } from './responses.ts';
import type { ResultSummary } from './result.ts';
import { addUsage, isComplete, isEmpty, sizeOfInput, type TokenKinds, withTotal } from './usage.ts';

/** What is known about one session before its figures are chosen. */
export interface Sources {
  readonly result: ResultSummary | null;
  readonly responses: readonly ApiResponse[];
  /** True when records of the file are lost. */
  readonly damaged: boolean;
  /** True when the totals of the result may hold what earlier runs of the session used. */
  readonly mayHoldEarlier: boolean;
}

/** A number or a set of them with how well it is known. */
export interface Known<T> {
  readonly value: T;
  readonly state: Certainty;
}

/**
 * True when the result may be believed that nothing was used: it says so, and no answer of the API is in the file.
 * After some crashes the engine writes a result of zeros.
 */
function provesZero({ result, responses, damaged }: Sources): boolean {
  if (result === null || damaged || responses.length > 0) return false;
  return (result.usd ?? 0) === 0 && (result.tokens === null || isEmpty(result.tokens));
}

/** The result's tokens where they can be right; null otherwise. */
function resultTokens(sources: Sources): TokenKinds | null {
  const tokens = sources.result?.tokens ?? null;
  return tokens === null || (isEmpty(tokens) && !provesZero(sources)) ? null : tokens;
}

/** The tokens of a session: of the result, else summed over the responses. */
export function chooseTokens(sources: Sources): Known<Tokens> {
  const { result, responses, damaged } = sources;
  const summary = resultTokens(sources);
  if (summary !== null) return { value: withTotal(summary), state: stateOfSummary(summary, sources) };
  // A result that holds no usage at all is of an early version, whose rows do not tell the main loop from copies.
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

/** True when the messages hold more tokens than the result admits to: one of the two is wrong. */
export function exceeds(responses: readonly ApiResponse[], summary: TokenKinds): boolean {
  const rows = rowTokens(responses);
  if (rows === null) return false;
  return sizeOfInput(rows) > sizeOfInput(summary) || (rows.output ?? 0) > (summary.output ?? 0);
}

/** What the engine reported; zero only where that is proven. */
export function reportedCost(sources: Sources): Money {
  const usd = sources.result?.usd ?? null;
  return usd === null || (usd === 0 && !provesZero(sources)) ? UNKNOWN_MONEY : { usd, basis: 'billed' };
}

/** The best figure for the cost, and how many responses it leaves out because their model has no known price. */
export interface ChosenCost extends Known<Money> {
  readonly unpriced: number;
}

/** The cost: reported, else computed. */
export function chooseCost(sources: Sources, computed: ChosenCost): ChosenCost {
  const reported = reportedCost(sources);
  if (reported.usd === null) return computed;
  const known = sources.result?.whole === false ? 'lower_bound' : 'exact';
  return { value: reported, state: sources.mayHoldEarlier ? 'estimate' : known, unpriced: 0 };
}

/** The list price, whatever is reported: of complete tokens, else of the responses that are there. */
export function computeCost(sources: Sources, price: PriceList): ChosenCost {
  const complete = resultTokens(sources) === null ? null : priceModels(sources, price);
  if (complete !== null) return { ...complete, unpriced: 0 };
  const { usd, unpriced } = priceResponses(sources.responses, price);
  if (usd === null) return { value: UNKNOWN_MONEY, state: 'unknown', unpriced };
  return { value: { usd, basis: 'estimated' }, state: sources.damaged ? 'partial' : 'lower_bound', unpriced };
}

/** Below this input no model charges its dearer tier. */
const BASE_TIER = 100_000;

/**
 * The price of sums by model. Nothing tells how they spread over requests, so they are priced as requests small enough for
 * the base tier: never too much. Where the messages show that all were, that is what they cost. Null when a model has no price.
 */
function priceModels({ result, responses }: Sources, price: PriceList): Known<Money> | null {
  const usages = result?.perModel ?? [];
  const prices = usages.map((usage) => priceModel(usage, price));
  const known = prices.filter((priced) => priced !== null);
  if (known.length === 0 || known.length < prices.length) return null;
  const usd = known.reduce((sum, priced) => sum + priced.usd, 0);
  return {
    value: { usd, basis: 'list' },
    state: known.every(({ flat }) => flat) || areSmall(responses) ? 'estimate' : 'lower_bound',
  };
}

/** Whether the requests are known one by one, and none of them is large enough for a dearer tier. */
function areSmall(responses: readonly ApiResponse[]): boolean {
  return responses.length > 0 && responses.every(({ usage }) => usage !== null && sizeOfInput(usage) <= BASE_TIER);
}

/** The price, and whether it is the same however the sum spreads over requests. */
function priceModel(usage: ModelUsage, price: PriceList): { readonly usd: number; readonly flat: boolean } | null {
  const parts = Math.max(1, Math.ceil(sizeOfInput(usage.tokens) / BASE_TIER));
  const part = pricePart(usage, parts, price);
  const whole = parts === 1 ? part : pricePart(usage, 1, price);
  if (part === null || whole === null) return null;
  const usd = part * parts;
  return { usd, flat: Math.abs(whole - usd) <= 1e-9 * usd };
}

function pricePart({ model, tokens, webSearches }: ModelUsage, parts: number, price: PriceList): number | null {
  if (tokens.input === null || tokens.output === null) return null;
  const part = {
    input: tokens.input / parts,
    output: tokens.output / parts,
    cacheRead: (tokens.cacheRead ?? 0) / parts,
    cacheWrite5m: (tokens.cacheWrite5m ?? 0) / parts,
    cacheWrite1h: (tokens.cacheWrite1h ?? 0) / parts,
    webSearches: webSearches / parts,
    fast: false,
  };
  return price(model, part, null);
}
