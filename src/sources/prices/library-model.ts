import {
  calcPrice,
  type MatchLogic,
  type ModelInfo,
  type PriceCalculation,
  type PriceOptions,
} from '@pydantic/genai-prices';
import { dayOf, type Instant } from '../../core/time.ts';
import type { DatedPrice } from './flat-price.ts';
import { bareModel, withoutEnding, withoutSeller } from './model-name.ts';
import type { FlatPrice, RequestUsage } from './price-list.ts';

/** A model in the library, and what it costs. */
export interface LibraryModel {
  /** The price on the day of a moment. Null if the time of day matters. */
  readonly flatOn: (at: Instant) => FlatPrice | null;
  /** The price of one request. */
  readonly costOf: (usage: RequestUsage, at: Instant) => number;
  /** All flat prices in the order of their days. Null if the time of day matters to one. */
  readonly dated: () => readonly DatedPrice[] | null;
}

/** Exactly this model in the library, or null. */
export function libraryModel(model: string): LibraryModel | null {
  const entry = find(model);
  if (entry === null) return null;
  return {
    flatOn: (at) => flatOf(entry, at),
    costOf: (usage, at) => ask(entry, usage, at).total_price,
    dated: () => datedOf(entry),
  };
}

interface Entry {
  readonly name: string;
  readonly seller: Seller;
  readonly model: ModelInfo;
  /** Flat prices by the UTC day on which they began, and by each requested day. Null if the time of day matters. */
  readonly since: Map<string, FlatPrice | null>;
  readonly flat: Map<string, FlatPrice | null>;
}

type Seller = Pick<PriceOptions, 'providerId'>;

/**
 * The entry for exactly this model, or null. The library accepts the beginning of a name, which would give a new model the price of
 * its predecessor.
 */
function find(model: string): Entry | null {
  const plain = withoutEnding(withoutSeller(model));
  const tries = [...sellersOf(model).map((seller) => ({ name: model, seller })), { name: plain, seller: {} }];
  for (const { name, seller } of tries) {
    const found = name === '' ? null : calcPrice(libraryUsage(NOTHING), name, seller);
    if (found !== null && isMeant(model, found.model))
      return { name, seller, model: found.model, since: new Map(), flat: new Map() };
  }
  return null;
}

const NOTHING: RequestUsage = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  webSearches: 0,
  fast: false,
};

/** The seller of a model, from its id: Bedrock writes `anthropic.` or an ARN, Vertex `@date`, OpenRouter `vendor/model`. */
function sellersOf(model: string): readonly Seller[] {
  if (/(?:^|[./:])(?:anthropic|amazon|meta|mistral)\./.test(model) || model.startsWith('arn:aws')) {
    return [{ providerId: 'aws' }];
  }
  if (model.includes('@')) return [{ providerId: 'google' }, {}];
  if (model.includes('/')) return [{ providerId: 'openrouter' }];
  return [{}];
}

/** Whether a name is one of an entry's names in the library, ignoring dates and sellers. */
function isMeant(model: string, { id, match }: ModelInfo): boolean {
  const name = bareModel(model);
  if (name === '') return false;
  return [id, ...wordsOf(match)].some((word) => word.toLowerCase() === model.toLowerCase() || bareModel(word) === name);
}

/** The names in an entry's conditions. A pattern only narrows down what the names next to it match. */
function wordsOf(match: MatchLogic): readonly string[] {
  if ('or' in match) return match.or.flatMap(wordsOf);
  if ('and' in match) return match.and.flatMap(wordsOf);
  if ('equals' in match) return [match.equals];
  if ('starts_with' in match) return [match.starts_with];
  if ('ends_with' in match) return [match.ends_with];
  return 'contains' in match ? [match.contains] : [];
}

/** The prices on the day of a moment. */
function flatOf(entry: Entry, at: Instant): FlatPrice | null {
  const day = dayOf(at);
  let flat = entry.flat.get(day);
  if (flat === undefined) {
    const since = lastChange(entry.model, day);
    flat = entry.since.get(since);
    if (flat === undefined) flat = flatPrice(entry, at);
    entry.since.set(since, flat);
    entry.flat.set(day, flat);
  }
  return flat;
}

/** Before any price began. */
const FIRST = '1970-01-01';

function datedOf(entry: Entry): readonly DatedPrice[] | null {
  const dated: DatedPrice[] = [];
  for (const since of ['', ...changesOf(entry.model)]) {
    const flat = flatPrice(entry, `${since === '' ? FIRST : since}T12:00:00.000Z`);
    if (flat === null) return null;
    dated.push({ since, ...flat });
  }
  return dated;
}

/** The UTC days on which the prices changed, in order. */
function changesOf({ prices }: ModelInfo): readonly string[] {
  if (!Array.isArray(prices)) return [];
  return prices.flatMap(({ constraint }) => (constraint?.type === 'start_date' ? [constraint.start_date] : [])).sort();
}

/** The UTC day on which the prices of a day began. Empty for a model's first prices, since most have never changed. */
function lastChange(model: ModelInfo, day: string): string {
  return changesOf(model).findLast((since) => since <= day) ?? '';
}

/** Less than where any tier begins. */
const SOME = 1_000;

/** The prices at a moment. The library is queried only once, because a query costs more than reading a request. */
function flatPrice(entry: Entry, at: Instant): FlatPrice | null {
  const { prices } = entry.model;
  if (Array.isArray(prices) && prices.some(({ constraint }) => constraint?.type === 'time_of_date')) return null;
  const { model_price } = ask(entry, NOTHING, at);
  const tiers = Object.values(model_price).flatMap((price) => (typeof price === 'object' ? price.tiers : []));
  const upTo = Math.min(...tiers.map(({ start }) => start));
  if (upTo < SOME) return null;
  // A query takes longer than pricing hundreds of requests, so it is made only for kinds without a listed price.
  const each = (kind: keyof FlatPrice['each']): number =>
    listedPrice(model_price[LISTED[kind]], kind) ?? ask(entry, { ...NOTHING, [kind]: SOME }, at).total_price / SOME;
  return {
    upTo,
    each: {
      input: each('input'),
      output: each('output'),
      cacheRead: each('cacheRead'),
      cacheWrite5m: each('cacheWrite5m'),
      cacheWrite1h: each('cacheWrite1h'),
      webSearches: each('webSearches'),
    },
  };
}

/** The library's name for the price of each kind. */
const LISTED = {
  input: 'input_mtok',
  output: 'output_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite5m: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  webSearches: 'web_searches_kcount',
} as const satisfies Record<keyof FlatPrice['each'], string>;

/** The price of one unit, from a price per million tokens or per thousand searches. Null when none is listed. */
function listedPrice(price: unknown, kind: keyof FlatPrice['each']): number | null {
  const base = typeof price === 'object' && price !== null && 'base' in price ? price.base : price;
  return typeof base === 'number' ? base / (kind === 'webSearches' ? 1_000 : 1_000_000) : null;
}

/**
 * @throws Error if an entry found before is gone, which cannot happen because the library's list does not change while we run.
 */
function ask({ name, seller }: Entry, usage: RequestUsage, at: Instant): PriceCalculation {
  const price = calcPrice(libraryUsage(usage), name, { timestamp: new Date(at), ...seller });
  if (price === null) throw new Error('a model that had a price has none any more');
  return price;
}

/** The library expects input that includes all cached tokens, and total writes that include the 1-hour ones. */
function libraryUsage(usage: RequestUsage): Record<string, number> {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  return {
    input_tokens: usage.input + usage.cacheRead + written,
    output_tokens: usage.output,
    cache_read_tokens: usage.cacheRead,
    cache_write_tokens: written,
    cache_write_1h_tokens: usage.cacheWrite1h,
    ...(usage.webSearches > 0 ? { web_searches: usage.webSearches } : {}),
  };
}
