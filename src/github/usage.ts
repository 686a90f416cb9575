import { OutsideFailure } from '../core/failure.ts';
import { fromMs, type Instant, SECOND } from '../core/time.ts';
import type { ApiUsage } from './port.ts';

export type Headers = Readonly<Record<string, unknown>>;

/** Counts requests and remembers what GitHub says is left. */
export interface Meter {
  usage(): ApiUsage;
  /**
   * Call before every HTTP request, including retries.
   * @throws OutsideFailure `budget_spent` when this process may send no more.
   */
  beforeRequest(): void;
  /** Call with the headers of every answer from the API, including errors. */
  afterAnswer(headers: Headers): void;
}

/** A meter that allows at most `maxRequests` requests. */
export function createMeter(maxRequests: number): Meter {
  let requests = 0;
  let remaining: number | null = null;
  let resetsAt: Instant | null = null;
  return {
    usage: () => ({ requests, remaining, resetsAt }),
    beforeRequest: () => {
      if (requests >= maxRequests) throw budgetSpent(maxRequests);
      requests += 1;
    },
    afterAnswer: (headers) => {
      // GraphQL has its own pool; its numbers say nothing about the REST pool that collectors depend on.
      if (headers['x-ratelimit-resource'] === 'graphql') return;
      const left = headerNumber(headers, 'x-ratelimit-remaining');
      if (left !== null) remaining = left;
      resetsAt = resetOf(headers) ?? resetsAt;
    },
  };
}

function budgetSpent(maxRequests: number): OutsideFailure {
  return new OutsideFailure({
    kind: 'budget_spent',
    message: `This run has sent the ${maxRequests} requests to GitHub that it may send`,
    remedy: 'The next run goes on where this one stopped',
    retry: true,
  });
}

/** When GitHub resets the pool that answered, from its `x-ratelimit-reset` header; null when it does not say. */
export function resetOf(headers: Headers): Instant | null {
  const seconds = headerNumber(headers, 'x-ratelimit-reset');
  return seconds === null || seconds > 1e11 ? null : fromMs(seconds * SECOND);
}

/** A header with a non-negative whole number; null when it is missing or something else. */
export function headerNumber(headers: Headers, name: string): number | null {
  const value = headers[name];
  return (typeof value === 'string' || typeof value === 'number') && /^\d+$/.test(String(value)) ? Number(value) : null;
}
