import type { Denial } from './denial.ts';
import type { Admission } from './guard.ts';
import type { GuardCheck } from './guard-check.ts';
import type { GuardRecord } from './guard-record.ts';
import type { Override } from './override.ts';

/** What the guard decides before an agent starts, and what it reports after the agent has ended. */
export interface GuardEvents {
  /** Written together with the lease. */
  'guard.decided': { readonly admission: Admission };
  /** What the agent's job says about itself at its end: a claim. */
  'guard.ended': { readonly record: GuardRecord };
  /** The result of comparing that with what GitHub says. Once per job. */
  'guard.checked': { readonly check: GuardCheck };
  /** A rule or a budget keeps an agent from starting for a while. */
  'agent.denied': { readonly denial: Denial };
  /** A lead lets an agent start although it cannot be told whether it may. */
  'agent.overridden': { readonly override: Override };
}

/** All kinds of these events. */
export const GUARD_EVENTS: Readonly<Record<keyof GuardEvents, true>> = {
  'guard.decided': true,
  'guard.ended': true,
  'guard.checked': true,
  'agent.denied': true,
  'agent.overridden': true,
};
