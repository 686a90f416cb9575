import type { Duration } from './time.ts';

export type FailureKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'gone'
  | 'conflict'
  | 'invalid'
  | 'rate_limited'
  | 'budget_spent'
  | 'unavailable'
  | 'unreadable'
  | 'too_large'
  | 'unsupported';

/** Something outside did not do what was asked. Failures are expected, so this is a value, and it says what to do next. */
export interface Failure {
  readonly kind: FailureKind;
  /** What was tried and what came back, free of secrets and of text from strangers. */
  readonly message: string;
  /** What a person can do about it. */
  readonly remedy: string;
  /** Whether the same call may succeed later without anyone doing anything. */
  readonly retry: boolean;
  /** How long to wait first, if the other side said so. */
  readonly retryAfter?: Duration;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** Carries a `Failure` up to the stage that turns it into a value. Bugs are ordinary errors and pass through. */
export class OutsideFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(`${failure.message}. ${failure.remedy}`);
    this.name = 'OutsideFailure';
    this.failure = failure;
  }
}

/** Runs `work` and turns an `OutsideFailure` into a value. Any other error is a bug and is rethrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof OutsideFailure) return { ok: false, failure: error.failure };
    throw error;
  }
}
