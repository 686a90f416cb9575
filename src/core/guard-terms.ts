import type { Duration } from './time.ts';

/** The terms under which an agent may start, from the configuration. */
export interface GuardTerms {
  /** What happens to an agent in enforce mode if it cannot be told whether it may start. */
  readonly fail: 'closed' | 'open';
  /** Whether a denial fails the step (exit code 3), or only says `decision=deny`. */
  readonly on_deny: 'fail' | 'continue';
  /** How long a lease holds its allowance if nobody settles it. */
  readonly lease: Duration;
  /** The most runs in a chain in which each started the next; null = any. */
  readonly max_depth: number | null;
  /** The minimum time between two starts of the agent; null = any. */
  readonly min_interval: Duration | null;
  /** The model that is offered once this much of a budget is used; null = none. */
  readonly downgrade: { readonly at: number; readonly model: string } | null;
}

/** The terms for agents that the configuration does not mention. */
export const USUAL_GUARD: GuardTerms = {
  fail: 'closed',
  on_deny: 'fail',
  lease: 6 * 60 * 60 * 1_000,
  max_depth: 5,
  min_interval: null,
  downgrade: null,
};
