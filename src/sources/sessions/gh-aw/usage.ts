import type { TokenKinds } from '../claude/usage.ts';
import { asAmount, asCount, asText, type JsonObject, sumKnown } from '../json/fields.ts';

/** Tokens as gh-aw writes them. Whether `input` includes cached tokens differs by provider. */
export interface RawUsage {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
}

/** Usage and who served it, for one request or a whole run. */
export interface ServedUsage {
  readonly usage: RawUsage;
  readonly provider: string | null;
  readonly model: string | null;
  /** What the record itself says about its `input`. Null when it does not say. */
  readonly inputHoldsCache: boolean | null;
}

/** Reads the four counts of a record. */
export function rawUsage(record: JsonObject): RawUsage {
  return {
    input: asCount(record['input_tokens']),
    output: asCount(record['output_tokens']),
    cacheRead: asCount(record['cache_read_tokens']),
    cacheWrite: asCount(record['cache_write_tokens']),
  };
}

/** Reads the counts of a record and who served them. */
export function servedUsage(record: JsonObject): ServedUsage {
  const holds = record['input_tokens_include_cache'];
  return {
    usage: rawUsage(record),
    provider: asText(record['provider']),
    model: asText(record['primary_model']) ?? asText(record['model']),
    inputHoldsCache: typeof holds === 'boolean' ? holds : null,
  };
}

/** Credits: a finite amount ≥ 0, or null when there is none. */
export function creditsIn(record: JsonObject, field: string): number | null {
  return asAmount(record[field]);
}

/** Sums what is known, kind by kind. */
export function sumUsages(usages: readonly RawUsage[]): RawUsage {
  return {
    input: sumKnown(usages.map(({ input }) => input)),
    output: sumKnown(usages.map(({ output }) => output)),
    cacheRead: sumKnown(usages.map(({ cacheRead }) => cacheRead)),
    cacheWrite: sumKnown(usages.map(({ cacheWrite }) => cacheWrite)),
  };
}

/** True when nothing is known to be more than zero: the proxy was bypassed, so nothing was measured. */
export function isUnmeasured(usage: RawUsage): boolean {
  return sizeOf(usage) === 0;
}

/** All known tokens, as written. */
export function sizeOf({ input, output, cacheRead, cacheWrite }: RawUsage): number {
  return sumKnown([input, output, cacheRead, cacheWrite]) ?? 0;
}

/** Tokens whose input excludes cached tokens. */
export interface SplitUsage {
  readonly kinds: TokenKinds;
  /** True when the record does not say whether its input includes cached tokens, so the provider's convention decided. */
  readonly guessed: boolean;
}

/** Takes cached tokens out of the input if they are included. Writes count as 5-minute ones, because no record says more. */
export function splitUsage(served: ServedUsage): SplitUsage {
  const { input, output, cacheRead, cacheWrite } = served.usage;
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const { holds, known } = placeOfCache(served, cached);
  return {
    kinds: {
      input: input === null || !holds ? input : Math.max(0, input - cached),
      output,
      cacheRead,
      cacheWrite5m: cacheWrite,
      cacheWrite1h: cacheWrite === null ? null : 0,
    },
    guessed: !known && cached > 0,
  };
}

/** Whether the input includes cached tokens, and whether that is known. */
function placeOfCache(
  { usage: { input }, provider, model, inputHoldsCache }: ServedUsage,
  cached: number,
): { readonly holds: boolean; readonly known: boolean } {
  if (inputHoldsCache !== null) return { holds: inputHoldsCache, known: true };
  const small = input !== null && input < cached;
  if (COUNTS_APART.test(provider ?? '')) return { holds: false, known: true };
  // Another provider may serve Claude as it serves all other models, with everything in the input.
  if (/claude/i.test(model ?? '')) return { holds: false, known: provider === null || small };
  return { holds: !small, known: false };
}

/** Anthropic counts cached input separately. OpenAI, Google and compatible providers include it. */
const COUNTS_APART = /anthropic|claude|bedrock/i;
