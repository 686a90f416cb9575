import type { TokenKinds } from '../claude/usage.ts';
import { asAmount, asCount, asText, type JsonObject, sumKnown } from '../json/fields.ts';

/** Tokens as gh-aw writes them: whether `input` holds what was cached differs by provider. */
export interface RawUsage {
  readonly input: number | null;
  readonly output: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
}

/** Usage with who served it, of one request or of a whole run. */
export interface ServedUsage {
  readonly usage: RawUsage;
  readonly provider: string | null;
  readonly model: string | null;
  /** What the record itself says of its `input`; null when it does not. */
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

/** Credits: a finite amount ≥ 0; null when there is none. */
export function creditsIn(record: JsonObject, field: string): number | null {
  return asAmount(record[field]);
}

/** Kind by kind, the sum of what is known. */
export function sumUsages(usages: readonly RawUsage[]): RawUsage {
  return {
    input: sumKnown(usages.map(({ input }) => input)),
    output: sumKnown(usages.map(({ output }) => output)),
    cacheRead: sumKnown(usages.map(({ cacheRead }) => cacheRead)),
    cacheWrite: sumKnown(usages.map(({ cacheWrite }) => cacheWrite)),
  };
}

/** True when nothing is known to be more than zero: the proxy was not in the way, so nothing was measured. */
export function isUnmeasured(usage: RawUsage): boolean {
  return sizeOf(usage) === 0;
}

/** All tokens that are known, as written. */
export function sizeOf({ input, output, cacheRead, cacheWrite }: RawUsage): number {
  return sumKnown([input, output, cacheRead, cacheWrite]) ?? 0;
}

/** Tokens of which the input is what was not cached. */
export interface SplitUsage {
  readonly kinds: TokenKinds;
  /** True when the record does not tell whether its input holds what was cached, and the provider's habit decided. */
  readonly guessed: boolean;
}

/** Takes what was cached out of the input where it is in there. Writes are of 5 minutes: no record tells more. */
export function splitUsage({ usage, provider, model, inputHoldsCache }: ServedUsage): SplitUsage {
  const { input, output, cacheRead, cacheWrite } = usage;
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const apart = countsApart(provider, model) || (input !== null && input < cached);
  const holds = inputHoldsCache ?? !apart;
  const guessed = inputHoldsCache === null && !countsApart(provider, model) && cached > 0;
  return {
    kinds: {
      input: input === null || !holds ? input : Math.max(0, input - cached),
      output,
      cacheRead,
      cacheWrite5m: cacheWrite,
      cacheWrite1h: cacheWrite === null ? null : 0,
    },
    guessed,
  };
}

/** Anthropic counts cached input apart; OpenAI, Google and those who follow them count it in. */
function countsApart(provider: string | null, model: string | null): boolean {
  return /anthropic|claude|bedrock/i.test(provider ?? '') || /claude/i.test(model ?? '');
}
