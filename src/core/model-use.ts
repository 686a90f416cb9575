import type { Instant } from './time.ts';

/** How an agent used a model, over everything that is kept about it. */
export interface ModelUse {
  readonly agent: string;
  /** As written in its records. */
  readonly model: string;
  /** The start of the first session with it, and of the last. */
  readonly first: Instant;
  readonly last: Instant;
  /** Sessions that used it, whatever else they used. */
  readonly sessions: number;
  /** Sessions that used only this model and whose cost is known: how many, and their total cost in US dollars. */
  readonly priced: number;
  readonly usd: number;
}
