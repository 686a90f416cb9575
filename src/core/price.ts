import type { Engine } from './session.ts';

/** A price that somebody sets for a model, in US dollars per million tokens; it comes before the list that is part of the program. */
export interface OwnPrice {
  readonly model: string;
  /** The first UTC day that it holds for, `2026-11-01`; left out: always. */
  readonly from?: string | undefined;
  readonly input: number;
  readonly output: number;
  /** Left out, what comes from the cache or goes to it costs as much as other input. */
  readonly cache_read?: number | undefined;
  readonly cache_write?: number | undefined;
  /** Left out: as `cache_write`. */
  readonly cache_write_1h?: number | undefined;
  /** For each web search, in US dollars; nothing when left out. */
  readonly web_search?: number | undefined;
  /** What the fast mode costs beside the normal one, as a factor; left out, what it costs is not known. */
  readonly fast?: number | undefined;
}

/** A flat plan: what it covers costs no money. Without agent and engine it covers everything. */
export interface FlatPlan {
  readonly agent?: string | undefined;
  readonly engine?: Engine | undefined;
  /** The first UTC day that it covers; left out: always. */
  readonly from?: string | undefined;
}
