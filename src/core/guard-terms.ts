import type { Duration } from './time.ts';

/** Under what an agent may start, as the configuration says it. */
export interface GuardTerms {
  /** What becomes of an agent in enforce mode when nobody can tell whether it may start. */
  readonly fail: 'closed' | 'open';
  /** Whether a denial fails the step (exit code 3), or only says `decision=deny`. */
  readonly on_deny: 'fail' | 'continue';
  /** How long a lease holds an allowance when nobody settles it. */
  readonly lease: Duration;
  /** The most runs in a chain in which each started the next one; null = any. */
  readonly max_depth: number | null;
  /** The least time between two starts of the agent; null = any. */
  readonly min_interval: Duration | null;
  /** The model that is offered once so much of a budget is taken; null = none. */
  readonly downgrade: { readonly at: number; readonly model: string } | null;
}

/** What holds for agents of which the configuration says nothing. */
export const USUAL_GUARD: GuardTerms = {
  fail: 'closed',
  on_deny: 'fail',
  lease: 6 * 60 * 60 * 1_000,
  max_depth: 5,
  min_interval: null,
  downgrade: null,
};
