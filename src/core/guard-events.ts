import type { Denial } from './denial.ts';
import type { Admission } from './guard.ts';
import type { Override } from './override.ts';

/** What the guard decides before an agent starts, and what it says when the agent has ended. */
export interface GuardEvents {
  /** Written together with the lease. */
  'guard.decided': { readonly admission: Admission };
  /** A rule or a budget lets an agent start no more for a while. */
  'agent.denied': { readonly denial: Denial };
  /** A lead lets an agent start although nobody can tell whether it may. */
  'agent.overridden': { readonly override: Override };
}

/** Every kind of them. */
export const GUARD_EVENTS: Readonly<Record<keyof GuardEvents, true>> = {
  'guard.decided': true,
  'agent.denied': true,
  'agent.overridden': true,
};
