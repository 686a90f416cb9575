import { attempt } from '../../core/failure.ts';
import type { RollbackResponse } from '../../core/response.ts';
import { type Applied, done, sentence, undone } from '../receipt.ts';
import type { RollbackEnd } from './roll-back.ts';

/** What takes changes back. Both may throw OutsideFailure. */
export interface RollbackHand {
  /** Opens the draft, or finds the existing one, and records the outcome. */
  draft(response: RollbackResponse): Promise<RollbackEnd>;
  /** Records why it could not be made. */
  refuse(pull: number, why: string): Promise<void>;
}

/** Opens one draft. Doing it twice opens one, because an existing draft is looked for first. */
export async function applyRollback(response: RollbackResponse, hand: RollbackHand): Promise<Applied> {
  const made = await attempt(() => hand.draft(response));
  if (made.ok) {
    const end = made.value;
    return end.kind === 'opened' ? done(response, end.opened.url) : undone(response, `${end.why} ${end.next}`);
  }
  const why = sentence(made.failure);
  const told = await attempt(() => hand.refuse(response.pull, why));
  const error = told.ok ? why : `${why} Nor could that be written down: ${told.failure.message}`;
  return undone(response, error, made.failure);
}
