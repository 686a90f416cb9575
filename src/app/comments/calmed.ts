import type { LedgerEvent } from '../../core/event.ts';
import { formatMoment } from '../../core/quantity.ts';
import type { Instant } from '../../core/time.ts';
import type { Answer } from '../../people/answer.ts';

/** The result of a calming command on a state of the ledger. */
export interface Calmed {
  /** False when there was nothing to calm. */
  readonly ok: boolean;
  readonly answer: Answer;
  readonly events: readonly LedgerEvent[];
}

/** The answer to a command whose time was already over when it was read. */
export function tooLate(until: Instant): Calmed {
  return refused(`The time that this asks for was over on ${formatMoment(until)}.`, 'Write the command again.');
}

/** The answer to a command that had no effect. */
export function refused(what: string, next: string): Calmed {
  return { ok: false, answer: { head: 'Refused', what: `${what} Nothing was done.`, lines: [], next }, events: [] };
}
