import type { Instant } from '../core/time.ts';

/** What a record tells of one request to a model; null = it does not say. */
export interface Told {
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly at: Instant | null;
}

/**
 * Remembers the most that was ever told of each request. Files of sessions lie in the agent's hands: who writes the same request once
 * more, with less, must not take away what is known.
 */
export interface Floors {
  /** Takes in what is told of a request; gives the most that was told of it, this included. */
  readonly raise: (request: string, told: Told) => Told;
}

/** Of a session of which nothing was told yet. */
export function newFloors(): Floors {
  const most = new Map<string, Told>();
  return {
    raise: (request, told) => {
      const before = most.get(request);
      const now = before === undefined ? told : joined(before, told);
      most.set(request, now);
      return now;
    },
  };
}

function joined(a: Told, b: Told): Told {
  const at = a.at === null || b.at === null ? (a.at ?? b.at) : a.at > b.at ? a.at : b.at;
  return { usd: larger(a.usd, b.usd), tokens: larger(a.tokens, b.tokens), at };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
