import { errandKey, type GuardRecord } from '../../core/guard-record.ts';

/** The id of an event of the guard of a job. */
export function guardEventId(errand: GuardRecord['errand'], what: 'ended' | 'checked'): string {
  return `guard:${errandKey(errand)}:${what}`;
}
