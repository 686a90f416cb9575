import type { Admission } from './guard.ts';

/** What the guard decides before an agent starts, and what it says when the agent has ended. */
export interface GuardEvents {
  /** Written together with the lease. */
  'guard.decided': { readonly admission: Admission };
}

/** Every kind of them. */
export const GUARD_EVENTS: Readonly<Record<keyof GuardEvents, true>> = {
  'guard.decided': true,
};
