import type { Engine } from './session.ts';

/** A user-defined price for a model, in US dollars per million tokens. It takes precedence over the built-in list. */
export interface OwnPrice {
  readonly model: string;
  /** The first UTC day it applies to, `2026-11-01`; left out: always. */
  readonly from?: string | undefined;
  readonly input: number;
  readonly output: number;
  /** Left out, cache reads and writes cost as much as other input. */
  readonly cache_read?: number | undefined;
  readonly cache_write?: number | undefined;
  /** Left out: same as `cache_write`. */
  readonly cache_write_1h?: number | undefined;
  /** Per web search, in US dollars; nothing if left out. */
  readonly web_search?: number | undefined;
  /** Price of the fast mode as a multiple of the normal one; left out, its price is not known. */
  readonly fast?: number | undefined;
}

/** A flat plan: what it covers costs no money. Without agent and engine it covers everything. */
export interface FlatPlan {
  readonly agent?: string | undefined;
  readonly engine?: Engine | undefined;
  /** The first UTC day that it covers; left out: always. */
  readonly from?: string | undefined;
}
