import type { MeterUse } from '../core/guard.ts';

/** What one way of listening reports about a session; null = it does not say. */
export interface Heard {
  readonly usd: number | null;
  readonly tokens: number | null;
  readonly turns: number | null;
  readonly calls: number | null;
  /** The most identical calls in a row. */
  readonly repeats: number | null;
}

export const HEARD_NOTHING: Heard = { usd: null, tokens: null, turns: null, calls: null, repeats: null };

/** What is compared with the limits of a session. */
export interface MeteredUse extends MeterUse {
  /** The most identical tool calls in a row. */
  readonly repeats: number | null;
  /** US dollars per minute over the last five minutes. */
  readonly usdPerMinute: number | null;
}

/** The larger of two reports of the same work: each may have missed something, and neither can have seen too much. */
export function mostOf(a: Heard, b: Heard): Heard {
  return {
    usd: larger(a.usd, b.usd),
    tokens: larger(a.tokens, b.tokens),
    turns: larger(a.turns, b.turns),
    calls: larger(a.calls, b.calls),
    repeats: larger(a.repeats, b.repeats),
  };
}

/** The sum of pieces of work that do not overlap. */
export function sumOf(parts: readonly Heard[]): Heard {
  return parts.reduce(
    (sum, part) => ({
      usd: plus(sum.usd, part.usd),
      tokens: plus(sum.tokens, part.tokens),
      turns: plus(sum.turns, part.turns),
      calls: plus(sum.calls, part.calls),
      repeats: larger(sum.repeats, part.repeats),
    }),
    HEARD_NOTHING,
  );
}

/** Whether anything was reported. */
export function isSomething(heard: Heard): boolean {
  return Object.values(heard).some((value) => value !== null);
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
