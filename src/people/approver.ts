import type { Actor } from '../core/run.ts';

/** The parts of a change that decide who may not approve it. */
export interface Approvable {
  readonly author: Actor | null;
  /** Logins of the assignees, including the person who asked Copilot for the change. */
  readonly assignees: readonly string[];
}

/** Why somebody's approval does not count, whatever their role. */
export type Disqualified = 'machine' | 'author' | 'requester';

/** GitHub's agent, which works for the people it is assigned together with. REST and GraphQL are both read into this name. */
const COPILOT = 'Copilot';

/** Whether an account is a program, according to GitHub or, for accounts GitHub takes for a person, to the configuration. */
export function isMachine({ type, login }: Actor, machines: readonly string[]): boolean {
  return type !== 'User' || machines.includes(login.toLowerCase());
}

/**
 * Why this account cannot approve this change; null when nothing speaks against it. The same bar applies to reviews on GitHub and
 * to commands. `machines` are logins in lower case.
 */
export function disqualified(
  by: Actor,
  { author, assignees }: Approvable,
  machines: readonly string[],
): Disqualified | null {
  if (isMachine(by, machines)) return 'machine';
  if (author?.id === by.id) return 'author';
  const own = by.login.toLowerCase();
  const asked = author?.login === COPILOT && assignees.some((login) => login.toLowerCase() === own);
  return asked ? 'requester' : null;
}
