import type { Instant } from '../../core/time.ts';
import type { PriceList, RequestUsage } from './price-list.ts';

type Library = typeof import('@pydantic/genai-prices');

/** What the faster mode costs beside the normal one; the library has no price for it. First match wins. */
const FAST_MULTIPLIERS: readonly (readonly [RegExp, number])[] = [
  [/claude-opus-4[-.][67]/, 6],
  [/claude-opus-4[-.]8/, 2],
  [/gpt-5\.3-codex/, 2],
  [/gpt-5\.4/, 2],
  [/gpt-5\.5/, 2.5],
];

/**
 * Opens the list prices that are part of the program (no network). `day` stands in for the moment of requests that have none,
 * so that the same record is priced alike whenever it is read. The library is loaded on the first call.
 */
export async function openPriceList(day: Instant): Promise<PriceList> {
  const library = await import('@pydantic/genai-prices');
  return (model, usage, at) => priceOf(library, model, usage, at ?? day);
}

function priceOf(library: Library, model: string, usage: RequestUsage, at: Instant): number | null {
  const multiplier = usage.fast ? fastMultiplier(model) : 1;
  if (multiplier === null) return null;
  for (const provider of providersOf(model)) {
    const price = library.calcPrice(libraryUsage(usage), model, { timestamp: new Date(at), ...provider });
    if (price !== null) return price.total_price * multiplier;
  }
  return null;
}

/** The library wants the input with all that was cached, and the 1-hour writes within all writes. */
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

/** Who sells a model, as its id tells: Bedrock writes `anthropic.` or an ARN, Vertex `@date`, OpenRouter `vendor/model`. */
function providersOf(model: string): readonly { readonly providerId?: string }[] {
  if (/(?:^|[./:])(?:anthropic|amazon|meta|mistral)\./.test(model) || model.startsWith('arn:aws')) {
    return [{ providerId: 'aws' }];
  }
  if (model.includes('@')) return [{ providerId: 'google' }, {}];
  if (model.includes('/')) return [{ providerId: 'openrouter' }];
  return [{}];
}

function fastMultiplier(model: string): number | null {
  return FAST_MULTIPLIERS.find(([pattern]) => pattern.test(model))?.[1] ?? null;
}
