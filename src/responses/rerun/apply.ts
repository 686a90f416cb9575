import { attempt } from '../../core/failure.ts';
import type { RerunResponse } from '../../core/response.ts';
import { type Applied, done, putOff, sentence, undone } from '../receipt.ts';
import type { RerunEnd } from './run-again.ts';

/** What runs failed runs again. May throw OutsideFailure. */
export interface RerunHand {
  /** Requests the next attempt unless it exists, and records the outcome. */
  rerun(response: RerunResponse): Promise<RerunEnd>;
}

/** Runs one run again. Doing it twice makes one attempt, because the latest attempt is looked up first. */
export async function applyRerun(response: RerunResponse, hand: RerunHand): Promise<Applied> {
  const made = await attempt(() => hand.rerun(response));
  if (!made.ok) return undone(response, sentence(made.failure), made.failure);
  const end = made.value;
  switch (end.kind) {
    case 'asked':
      return done(response, end.url);
    case 'refused':
      return undone(response, end.why);
    case 'later':
      return putOff(response, end.why);
    default:
      return end satisfies never;
  }
}
