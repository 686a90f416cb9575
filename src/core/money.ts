/**
 * Where an amount comes from: `billed` by a provider or reported by the engine itself, `list` = priced from tokens, `estimated` =
 * from a session that was cut off, `quota` = used from a flat plan (no money), `unknown`.
 */
export type MoneyBasis = 'billed' | 'list' | 'estimated' | 'quota' | 'unknown';

/** An amount in US dollars with its basis. `usd` is null exactly when nothing is known, never 0 instead. */
export interface Money {
  readonly usd: number | null;
  readonly basis: MoneyBasis;
}

export const UNKNOWN_MONEY: Money = { usd: null, basis: 'unknown' };

/** Writes dollars for people: `$12.30`, `$0.0042` (small amounts keep two significant digits), `unknown`. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return 'unknown';
  const size = Math.abs(usd);
  const digits = size === 0 || size >= 0.1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(size)));
  return `${usd < 0 ? '-' : ''}$${size.toFixed(digits).replace(/\B(?=(\d{3})+(?=\.))/g, ',')}`;
}
