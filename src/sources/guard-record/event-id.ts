import { errandKey, type GuardRecord } from '../../core/guard-record.ts';

/** The id of an event of a job's guard. */
export function guardEventId(errand: GuardRecord['errand'], what: 'ended' | 'checked'): string {
  return `guard:${errandKey(errand)}:${what}`;
}
