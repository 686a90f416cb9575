import type { Instant } from '../core/time.ts';

/** What a record says about one request to a model; null = it does not say. */
export interface Told {
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly at: Instant | null;
}

/**
 * Remembers the largest numbers ever reported for each request. The agent can write to session files, so rewriting a request
 * with smaller numbers must not reduce what is known.
 */
export interface Floors {
  /** Takes in what is reported for a request and returns the largest numbers so far. */
  readonly raise: (request: string, told: Told) => Told;
}

/** For a session that has reported nothing yet. */
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
