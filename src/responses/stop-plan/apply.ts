import { attempt } from '../../core/failure.ts';
import type { StopReceipt } from '../../core/halt.ts';
import type { StopResponse } from '../../core/response.ts';
import type { Applied } from '../issue/apply.ts';

/** Stops what a response names, and proves it. */
export type StopHand = (response: StopResponse) => Promise<StopReceipt>;

/** Carries out one stop. Doing it twice stops nothing twice: the engine starts from what it observes. */
export async function applyStop(response: StopResponse, stop: StopHand): Promise<Applied> {
  const { key, kind, act, fingerprint, episode } = response;
  const base = {
    key,
    kind,
    act,
    fingerprint,
    episode,
    issue: null,
    url: null,
    hash: null,
    severity: null,
    gone: false,
  };
  const result = await attempt(() => stop(response));
  if (!result.ok) {
    const { failure } = result;
    return { receipt: { ...base, ok: false, error: `${failure.message}. ${failure.remedy}` }, failure };
  }
  const error = shortfall(result.value);
  return { receipt: { ...base, ok: error === null, error }, failure: null };
}

/** What the stop could not bring about; null when it is whole. */
function shortfall({ residue, timeToStop }: StopReceipt): string | null {
  const [first, ...others] = residue;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return `The stop is incomplete: ${first.what} ${first.id}: ${first.why}${more}. ${first.remedy}`;
  }
  return timeToStop === null ? 'The stop is incomplete: runs of the stopped agents have not ended yet' : null;
}
