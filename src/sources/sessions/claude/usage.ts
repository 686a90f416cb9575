import type { Tokens } from '../../../core/session.ts';
import { asCount, asObject, type JsonObject, sumKnown } from '../json/fields.ts';

/** Tokens by kind without their total. Null where the record does not say. */
export type TokenKinds = Omit<Tokens, 'total'>;

/** Reads a `usage` object of the Messages API. Null when there is none. */
export function readUsage(value: unknown): TokenKinds | null {
  const usage = asObject(value);
  if (usage === null) return null;
  return {
    input: asCount(usage['input_tokens']),
    output: asCount(usage['output_tokens']),
    cacheRead: asCount(usage['cache_read_input_tokens']),
    ...readCacheWrites(usage),
  };
}

function readCacheWrites(usage: JsonObject): Pick<TokenKinds, 'cacheWrite5m' | 'cacheWrite1h'> {
  const nested = asObject(usage['cache_creation']);
  return cacheWrites(
    asCount(usage['cache_creation_input_tokens']),
    asCount(nested?.['ephemeral_5m_input_tokens']),
    asCount(nested?.['ephemeral_1h_input_tokens']),
  );
}

/** Prefers the nested split by lifetime if it says anything. A plain total counts as 5-minute writes. */
export function cacheWrites(
  flat: number | null,
  short: number | null,
  long: number | null,
): Pick<TokenKinds, 'cacheWrite5m' | 'cacheWrite1h'> {
  const split = short === null && long === null ? null : (short ?? 0) + (long ?? 0);
  if (split !== null && (split > 0 || (flat ?? 0) === 0)) return { cacheWrite5m: short ?? 0, cacheWrite1h: long ?? 0 };
  return flat === null ? { cacheWrite5m: null, cacheWrite1h: null } : { cacheWrite5m: flat, cacheWrite1h: 0 };
}

const NOTHING: TokenKinds = { input: null, output: null, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null };

/** Sums what is known, kind by kind. */
export function addUsage(usages: readonly TokenKinds[]): TokenKinds {
  const sum = { ...NOTHING };
  for (const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } of usages) {
    sum.input = plus(sum.input, input);
    sum.output = plus(sum.output, output);
    sum.cacheRead = plus(sum.cacheRead, cacheRead);
    sum.cacheWrite5m = plus(sum.cacheWrite5m, cacheWrite5m);
    sum.cacheWrite1h = plus(sum.cacheWrite1h, cacheWrite1h);
  }
  return sum;
}

function plus(sum: number | null, more: number | null): number | null {
  return sum === null || more === null ? (sum ?? more) : sum + more;
}

/** Adds the total: the sum of the known kinds, provided that input and output are among them. */
export function withTotal(kinds: TokenKinds): Tokens {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = kinds;
  const total =
    input === null || output === null ? null : sumKnown([input, output, cacheRead, cacheWrite5m, cacheWrite1h]);
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h, total };
}

/** True when every kind is known. */
export function isComplete(kinds: TokenKinds): boolean {
  return ![kinds.input, kinds.output, kinds.cacheRead, kinds.cacheWrite5m, kinds.cacheWrite1h].includes(null);
}

/** True when no kind is known to be more than zero. */
export function isEmpty({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: TokenKinds): boolean {
  return (input ?? 0) + (output ?? 0) + (cacheRead ?? 0) + (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0) === 0;
}

/** All input, cached or not: every kind but the output. */
export function sizeOfInput({ input, cacheRead, cacheWrite5m, cacheWrite1h }: TokenKinds): number {
  return sumKnown([input, cacheRead, cacheWrite5m, cacheWrite1h]) ?? 0;
}
