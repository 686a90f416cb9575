import { attempt } from '../../core/failure.ts';
import type { RerunResponse } from '../../core/response.ts';
import type { Applied } from '../issue/apply.ts';
import type { RerunEnd } from './run-again.ts';

/** What failed runs are run again with. May throw OutsideFailure. */
export interface RerunHand {
  /** Asks for the next attempt where that is not there already, and writes down what came of it. */
  rerun(response: RerunResponse): Promise<RerunEnd>;
}

/** Runs one run again. Doing it twice makes one attempt: which one is the last is looked at first. */
export async function applyRerun(response: RerunResponse, hand: RerunHand): Promise<Applied> {
  const { key, kind, act, fingerprint, episode } = response;
  const base = {
    key,
    kind,
    act,
    fingerprint,
    episode,
    issue: null,
    hash: null,
    severity: null,
    gone: false,
  };
  const made = await attempt(() => hand.rerun(response));
  if (!made.ok) {
    const { failure } = made;
    return { receipt: { ...base, ok: false, url: null, error: `${failure.message}. ${failure.remedy}` }, failure };
  }
  const end = made.value;
  return end.kind === 'asked'
    ? { receipt: { ...base, ok: true, url: end.url, error: null }, failure: null }
    : { receipt: { ...base, ok: false, url: null, error: end.why }, failure: null };
}
