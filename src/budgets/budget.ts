import type { ReviewTerms } from '../core/review-terms.ts';
import { type Duration, writeDuration } from '../core/time.ts';

/** An allowance for a period, as configured. Exactly one of the units is set. */
export interface Budget {
  readonly name: string;
  /** Left out only for `session`, which is its own period. */
  readonly period?: WrittenPeriod | undefined;
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly minutes?: number | undefined;
  readonly runs?: number | undefined;
  /** `auto`: as many as people get to in time. */
  readonly open_pull_requests?: number | 'auto' | undefined;
  /** How people review, from `reviews:` in the configuration. `auto` is measured by it. */
  readonly reviews?: ReviewTerms | undefined;
  /** Short for `scope: { agent: … }`. */
  readonly agent?: string | undefined;
  /** Left out: the whole repository. */
  readonly scope?: WrittenScope | undefined;
  /** Left out: UTC. */
  readonly time_zone?: string | undefined;
  /** Shares of the limit at which to warn before it is used up. */
  readonly warn_at: readonly number[];
}

/** Whom a budget is for, as configured. `*` is each of them separately. */
export type WrittenScope =
  | 'repository'
  | 'organisation'
  | 'chain'
  | 'session'
  | { readonly agent: string }
  | { readonly workflow: string }
  | { readonly actor: string };

/** How long a budget's allowance lasts, as configured. */
export type WrittenPeriod = 'session' | 'hour' | 'day' | 'week' | 'month' | { readonly rolling: Duration };

/** A budget in the form in which the list of budgets in a configuration file says it. */
export function writtenBudget({ reviews: _fromItsOwnSection, ...budget }: Budget): Readonly<Record<string, unknown>> {
  const { period } = budget;
  return typeof period === 'object' ? { ...budget, period: { rolling: writeDuration(period.rolling) } } : budget;
}
