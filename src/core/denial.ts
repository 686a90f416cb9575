import type { Instant } from './time.ts';

/** An agent may not start until a moment because a rule or a budget asks for that in enforce mode. It ends by itself. */
export interface Denial {
  readonly agent: string;
  readonly at: Instant;
  readonly until: Instant;
  /** Name of the rule. */
  readonly rule: string;
  /** The alert that asked for it and the number of its episode. */
  readonly fingerprint: string;
  readonly episode: number;
}

/** The denial that holds for an agent at `now`, the longest if there are several; null if there is none. */
export function denialOf(denials: readonly Denial[], agent: string, now: Instant): Denial | null {
  const holding = denials.filter((one) => one.agent === agent && one.at <= now && now < one.until);
  return holding.reduce<Denial | null>((last, one) => (last === null || one.until > last.until ? one : last), null);
}
