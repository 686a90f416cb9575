import type { OwnPrice } from '../../core/price.ts';
import { dayOf, type Instant } from '../../core/time.ts';
import { type DatedPrice, flatCost } from './flat-price.ts';
import { type LibraryModel, libraryModel } from './library-model.ts';
import { listedPrices } from './listed-prices.ts';
import { bareModel } from './model-name.ts';
import { withOwnPrices } from './own-prices.ts';
import type { FlatPrice, PriceList, Rate, RequestUsage } from './price-list.ts';

/** The price of the faster mode relative to the normal one. The library has none for it. */
const FAST_MULTIPLIERS: Readonly<Record<string, number>> = {
  'claude-opus-4-6': 6,
  'claude-opus-4-7': 6,
  'claude-opus-4-8': 2,
  'gpt-5-3-codex': 2,
  'gpt-5-4': 2,
  'gpt-5-5': 2.5,
};

/**
 * Opens the prices: those set in the configuration, then the list that ships with the program (no network). `day` replaces the
 * missing time of a request, so that the same record always has the same price.
 */
export function openPriceList(day: Instant, own: readonly OwnPrice[] = []): PriceList {
  const entries = new Map<string, Entry | null>();
  const priced = (model: string, fast: boolean): { entry: Entry; times: number } | null => {
    let entry = entries.get(model);
    if (entry === undefined) {
      entry = entryOf(model);
      entries.set(model, entry);
    }
    const times = fast ? FAST_MULTIPLIERS[bareModel(model)] : 1;
    return entry === null || times === undefined ? null : { entry, times };
  };
  const listed = (model: string, usage: RequestUsage, at: Instant | null): number | null => {
    const found = priced(model, usage.fast);
    return found === null ? null : priceOf(found.entry, usage, at ?? day) * found.times;
  };
  const rate = (model: string, fast: boolean, at: Instant | null): Rate | null => {
    const found = priced(model, fast);
    const flat = found === null ? null : found.entry.flatOn(at ?? day);
    return found === null || flat === null ? null : { upTo: flat.upTo, each: flat.each, times: found.times };
  };
  return withOwnPrices(own, day, Object.assign(listed, { rate }));
}

/** A model with a price. */
interface Entry extends Omit<LibraryModel, 'dated'> {
  /** The last requested day, since requests mostly come in the order of their days. */
  last: { readonly day: string; readonly flat: FlatPrice | null };
}

/** No moment starts with this. */
const NO_DAY: Entry['last'] = { day: '?', flat: null };

/** The library is asked only for models that are not listed, because loading it takes longer than reading most sessions. */
function entryOf(model: string): Entry | null {
  const listed = listedPrices(model);
  if (listed !== null) return listedEntry(model, listed);
  const found = libraryModel(model);
  return found === null ? null : { ...found, last: NO_DAY };
}

function listedEntry(model: string, listed: readonly DatedPrice[]): Entry {
  let found: LibraryModel | null = null;
  return {
    flatOn: (at) => {
      const day = dayOf(at);
      return listed.findLast(({ since }) => since <= day) ?? null;
    },
    costOf: (usage, at) => {
      found ??= libraryModel(model);
      if (found === null) throw new Error('a listed model is not in the library');
      return found.costOf(usage, at);
    },
    last: NO_DAY,
  };
}

function priceOf(entry: Entry, usage: RequestUsage, at: Instant): number {
  if (!at.startsWith(entry.last.day)) entry.last = { day: dayOf(at), flat: entry.flatOn(at) };
  const { flat } = entry.last;
  return (flat === null ? null : flatCost(flat, usage)) ?? entry.costOf(usage, at);
}
