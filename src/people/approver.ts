import type { Actor } from '../core/run.ts';

/** What of a change decides who may not approve it. */
export interface Approvable {
  readonly author: Actor | null;
  /** Logins of those who are assigned: the person who asked Copilot for it is among them. */
  readonly assignees: readonly string[];
}

/** Why somebody's approval counts for nothing, whatever their role. */
export type Disqualified = 'machine' | 'author' | 'requester';

/** GitHub's agent that works for the people it is assigned together with, as REST and GraphQL are read alike. */
const COPILOT = 'Copilot';

/** Whether an account is a program: as GitHub says it, or as the configuration does of one that GitHub takes for a person. */
export function isMachine({ type, login }: Actor, machines: readonly string[]): boolean {
  return type !== 'User' || machines.includes(login.toLowerCase());
}

/**
 * Why this account cannot approve this change; null where nothing speaks against it. The one bar for approvals by a review on GitHub and
 * for those by a command. `machines` are logins in lower case.
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
