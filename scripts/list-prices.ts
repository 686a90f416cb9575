import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProvider } from '@pydantic/genai-prices';
import type { DatedPrice } from '../src/sources/prices/flat-price.ts';
import { libraryModel } from '../src/sources/prices/library-model.ts';
import { NONE } from '../src/sources/prices/listed-prices.ts';

/** The prices that are carried beside the library. */
export const LISTED_FILE: string = join(import.meta.dirname, '..', 'src/sources/prices/listed.ts');

/** Whose models most sessions name. */
const PROVIDER = 'anthropic';

/** By these one sees whether a name means the same model with any date behind it. */
const SOME_DATES = ['20250101', '20260615', '20991231'];

/** What the library says of the names that sessions often hold, as the text of a module. */
export function listPrices(): string {
  return [
    '// Taken from the library of prices by scripts/list-prices.ts: `npm run build` writes it anew.',
    '',
    '/**',
    ' * What models cost. Each line is a name, the day on which this price began, the largest request it is for, and the prices in US',
    ' * dollars of a token of input, output, cache read, cache write for 5 minutes and for an hour, and of a web search.',
    ' */',
    'export const LISTED: string = `',
    ...namesOfModels().flatMap(linesOf),
    '`;',
    '',
  ].join('\n');
}

/** Every name in the library by which a session may call a model: its ids, and the words by which it knows them. */
export function namesOfModels(): readonly string[] {
  const models = findProvider({ providerId: PROVIDER })?.models ?? [];
  const texts = models.map(({ id, match }) => JSON.stringify([id, match]));
  return [...new Set(texts.flatMap((text) => text.match(/(?<=")claude-[a-z0-9-]+(?=")/g) ?? []))].sort();
}

/** The lines of a name; none if a date changes what it means, or the time of day what it costs. */
function linesOf(name: string): readonly string[] {
  const prices = libraryModel(name)?.dated() ?? [];
  const lines = prices.map((price) => lineOf(name, price));
  const isDated = SOME_DATES.every((date) => {
    const dated = libraryModel(`${name}-${date}`)?.dated() ?? [];
    return JSON.stringify(dated) === JSON.stringify(prices);
  });
  return isDated ? lines : [];
}

function lineOf(name: string, { since, upTo, each }: DatedPrice): string {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, webSearches } = each;
  const kinds = [input, output, cacheRead, cacheWrite5m, cacheWrite1h, webSearches];
  return [name, since === '' ? NONE : since, Number.isFinite(upTo) ? upTo : NONE, ...kinds].join(' ');
}

if (process.argv[1] === import.meta.filename) writeFileSync(LISTED_FILE, listPrices());
