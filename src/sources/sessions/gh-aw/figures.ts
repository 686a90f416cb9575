import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import { type BilledUnits, type Tokens, UNKNOWN_TOKENS } from '../../../core/session.ts';
import type { PriceList } from '../../prices/price-list.ts';
import type { Known } from '../claude/figures.ts';
import { addUsage, type TokenKinds, withTotal } from '../claude/usage.ts';
import { asAmount, type JsonObject, sumKnown } from '../json/fields.ts';
import { spellingOf } from '../json/spelling.ts';
import { BASE_TIER } from '../priced-sums.ts';
import { priceRequests, priceServed, proxyCredits } from './requests.ts';
import type { PhaseFacts } from './run.ts';
import {
  creditsIn,
  isUnmeasured,
  type RawUsage,
  type ServedUsage,
  servedUsage,
  sizeOf,
  splitUsage,
  sumUsages,
} from './usage.ts';

/** A figure, how certain it is, and what does not add up, as sentences. */
export interface Figure<T> extends Known<T> {
  readonly oddities: readonly string[];
}

interface Split {
  readonly raw: RawUsage;
  readonly kinds: TokenKinds;
  readonly guessed: boolean;
}

function splitAll(served: readonly ServedUsage[]): Split | null {
  const raw = sumUsages(served.map(({ usage }) => usage));
  if (served.length === 0 || isUnmeasured(raw)) return null;
  const splits = served.map(splitUsage);
  return { raw, kinds: addUsage(splits.map(({ kinds }) => kinds)), guessed: splits.some(({ guessed }) => guessed) };
}

/**
 * The tokens of a phase: from the proxy's lines if they hold everything in the totals, otherwise from the totals. The two are never
 * added. All zeros do not prove zero, because they are written when nothing was measured.
 */
export function chooseTokens(facts: PhaseFacts): Figure<Tokens> {
  const lines = splitAll(facts.requests ?? []);
  const whole = splitAll(eachTotalOnce(facts.totals ?? []).map(servedUsage));
  const copies = facts.totalsDiffer ? ['copies of the totals of gh-aw differ: the fullest one counts'] : [];
  const { oddities, ...chosen } =
    lines !== null && whole !== null ? compared(lines, whole, facts) : either(lines, whole, facts);
  return { ...chosen, oddities: [...copies, ...oddities] };
}

function either(lines: Split | null, whole: Split | null, { requests, damaged }: PhaseFacts): Figure<Tokens> {
  const best = lines !== null && damaged ? 'partial' : requests?.some(({ silent }) => silent) ? 'lower_bound' : 'exact';
  return { ...tokensOf(lines ?? whole, best), oddities: [] };
}

function compared(lines: Split, whole: Split, { damaged }: PhaseFacts): Figure<Tokens> {
  const difference = compare(lines.raw, whole.raw);
  if (difference === 'same') return { ...tokensOf(lines, 'exact'), oddities: [] };
  const told = `the totals of gh-aw tell ${sizeOf(whole.raw)} tokens, the lines of its proxy ${sizeOf(lines.raw)}`;
  if (difference === 'more') {
    return { ...tokensOf(lines, 'lower_bound'), oddities: [`${told}: the lines count, as a lower bound`] };
  }
  // Lost lines explain larger totals. Otherwise either of the two may be wrong.
  if (damaged) return { ...tokensOf(whole, 'exact'), oddities: [`${told}, as some are lost: the totals count`] };
  return { ...tokensOf(whole, 'lower_bound'), oddities: [`${told}: the totals count, as a lower bound`] };
}

function tokensOf(split: Split | null, best: Known<Tokens>['state']): Known<Tokens> {
  if (split === null) return { value: UNKNOWN_TOKENS, state: 'unknown' };
  const value = withTotal(split.kinds);
  if (best !== 'exact') return { value, state: best };
  return { value, state: value.total === null ? 'lower_bound' : split.guessed ? 'estimate' : 'exact' };
}

/** Whether the lines hold less than the totals in any kind, the same, or more. */
function compare(lines: RawUsage, totals: RawUsage): 'less' | 'same' | 'more' {
  const kinds = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;
  const differences = kinds.map((kind) => (totals[kind] === null ? 0 : (lines[kind] ?? 0) - totals[kind]));
  if (differences.every((difference) => difference === 0)) return 'same';
  return differences.some((difference) => difference < 0) ? 'less' : 'more';
}

/** Totals written again for the same model count once. */
function eachTotalOnce(totals: readonly JsonObject[]): readonly JsonObject[] {
  const served = (record: JsonObject): string | null =>
    spellingOf([record['provider'], record['primary_model'] ?? record['model']]);
  return [...new Map(totals.map((record) => [served(record), record])).values()];
}

/** The list price of one credit in US dollars. */
const USD_PER_CREDIT = 0.01;

function totalCredits({ totals }: PhaseFacts): number | null {
  const credits = sumKnown(eachTotalOnce(totals ?? []).map((record) => creditsIn(record, 'ai_credits')));
  return credits === 0 ? null : credits;
}

/** The requests that Copilot bills, which is not money. 0 does not prove zero, because it is written when nothing was measured. */
export function billedUnitsIn({ totals }: PhaseFacts): BilledUnits | null {
  const requests = sumKnown(eachTotalOnce(totals ?? []).map((record) => asAmount(record['premium_requests'])));
  return requests === null || requests === 0 ? null : { aiUnits: null, premiumRequests: requests };
}

/** The proxy's own credits come first, because totals computed by gh-aw were once half of them. */
function chosenCredits(facts: PhaseFacts): { readonly credits: number | null; readonly complete: boolean } {
  const proxy = proxyCredits(facts.requests ?? []);
  const total = totalCredits(facts);
  if (
    proxy.credits !== null &&
    (proxy.complete || total === null || total < proxy.credits || !differ(proxy.credits, total))
  ) {
    return proxy;
  }
  return { credits: total, complete: true };
}

/** What gh-aw reported in credits, as dollars at list price. Unknown if there are none or zero, which does not prove zero. */
export function reportedMoney(facts: PhaseFacts): Money {
  const { credits } = chosenCredits(facts);
  return credits === null ? UNKNOWN_MONEY : { usd: credits * USD_PER_CREDIT, basis: 'list' };
}

/** The cost of a phase: the reported credits, otherwise computed. */
export function chooseCost(facts: PhaseFacts, price: PriceList): Figure<Money> {
  const reported = reportedMoney(facts);
  if (reported.usd !== null) {
    const proxy = proxyCredits(facts.requests ?? []);
    const whole = chosenCredits(facts).complete && !(facts.damaged && facts.totals === null);
    const state = whole ? (differ(proxy.credits, totalCredits(facts)) ? 'estimate' : 'exact') : 'lower_bound';
    return { value: reported, state, oddities: state === 'estimate' ? [CREDITS_DIFFER] : [] };
  }
  return computeCost(facts, price);
}

/** The list price, regardless of what was reported: request by request, otherwise from the totals. */
export function computeCost(facts: PhaseFacts, price: PriceList): Figure<Money> {
  return priceLines(facts, price) ?? { ...priceTotals(facts, price), oddities: [] };
}

const CREDITS_DIFFER =
  'the credits in the totals of gh-aw are not those that its proxy reported: those of the proxy count';

/** Totals are rounded to three digits, and a difference of 5 % is worth reporting. */
function differ(proxy: number | null, total: number | null): boolean {
  return proxy !== null && total !== null && Math.abs(proxy - total) > Math.max(0.05 * proxy, 0.001);
}

function priceLines(facts: PhaseFacts, price: PriceList): Figure<Money> | null {
  const { usd, unpriced } = priceRequests(facts.requests ?? [], price);
  if (usd === null) return null;
  const cut = facts.damaged || unpriced > 0 || chooseTokens(facts).state === 'lower_bound';
  const oddities = unpriced === 0 ? [] : [`${unpriced} requests have no known price: the cost leaves them out`];
  const state = facts.damaged ? 'partial' : cut ? 'lower_bound' : 'estimate';
  return { value: { usd, basis: cut ? 'estimated' : 'list' }, state, oddities };
}

/** It is unknown how totals were spread over requests. Priced as requests of the base tier they are never overstated. */
function priceTotals({ totals }: PhaseFacts, price: PriceList): Known<Money> {
  const served = eachTotalOnce(totals ?? [])
    .map(servedUsage)
    .filter(({ usage }) => !isUnmeasured(usage));
  const prices = served.map((one) => priceServed(one, null, partsOf(one.usage), price));
  const usd = prices.includes(null) ? null : sumKnown(prices);
  if (usd === null) return { value: UNKNOWN_MONEY, state: 'unknown' };
  const small = served.every(({ usage }) => partsOf(usage) === 1);
  return { value: { usd, basis: 'list' }, state: small ? 'estimate' : 'lower_bound' };
}

function partsOf(usage: RawUsage): number {
  return Math.max(1, Math.ceil(sizeOf(rawInput(usage)) / BASE_TIER));
}

function rawInput(usage: RawUsage): RawUsage {
  return { ...usage, output: null };
}
