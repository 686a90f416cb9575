import type { LedgerEvent } from '../../core/event.ts';
import { formatMoment } from '../../core/quantity.ts';
import type { Instant } from '../../core/time.ts';
import type { Answer } from '../../people/answer.ts';

/** What a calming command comes to in a state of the ledger. */
export interface Calmed {
  /** False when there was nothing to calm. */
  readonly ok: boolean;
  readonly answer: Answer;
  readonly events: readonly LedgerEvent[];
}

/** The answer to a command whose time was over before anybody read it. */
export function tooLate(until: Instant): Calmed {
  return refused(`The time that this asks for was over on ${formatMoment(until)}.`, 'Write the command again.');
}

/** The answer to a command that nothing came of. */
export function refused(what: string, next: string): Calmed {
  return { ok: false, answer: { head: 'Refused', what: `${what} Nothing was done.`, lines: [], next }, events: [] };
}
