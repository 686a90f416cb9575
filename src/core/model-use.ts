import type { Instant } from './time.ts';

/** How an agent used a model, over all that is kept of it. */
export interface ModelUse {
  readonly agent: string;
  /** As its records write it. */
  readonly model: string;
  /** The start of the first session with it, and of the last. */
  readonly first: Instant;
  readonly last: Instant;
  /** Sessions that used it, whatever else they used. */
  readonly sessions: number;
  /** Of those that used it alone and whose cost is known: how many, and what they cost together in US dollars. */
  readonly priced: number;
  readonly usd: number;
}
