import { after, DAY, type Duration, type Instant, parseInstant } from './time.ts';

/** A lead lets an agent start although it cannot be told whether it may. It lifts no known limit and ends by itself. */
export interface Override {
  /** Name of the agent; null = every agent. */
  readonly agent: string | null;
  /** Login of the person, as reported by the API; null if it came from a repository variable. */
  readonly by: string | null;
  /** One plain line without secrets; null if none was given. */
  readonly why: string | null;
  readonly at: Instant;
  readonly until: Instant;
}

/** Whatever ends by itself must end within a week. */
export const LONGEST_OVERRIDE: Duration = 7 * DAY;

/** True if it lets the agent start at `now`. */
export function overrides({ agent, at, until }: Override, name: string, now: Instant): boolean {
  const isMeant = agent === null || agent.toLowerCase() === name.toLowerCase();
  return isMeant && at <= now && now < until;
}

/**
 * Parses the value of a repository variable: `fixer until 2026-11-22T12:00:00Z`, or `all until …`. Null for anything else, and for
 * an end further off than an override may last.
 */
export function readOverride(text: string, now: Instant): Override | null {
  const [, name = '', end = ''] = /^([\w.-]{1,80})\s+until\s+(\S{1,40})$/i.exec(text.trim()) ?? [];
  const until = parseInstant(end);
  if (until === null || until > after(now, LONGEST_OVERRIDE)) return null;
  return { agent: name.toLowerCase() === 'all' ? null : name, by: null, why: null, at: now, until };
}
