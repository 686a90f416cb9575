import type { Failure } from '../core/failure.ts';
import type { PlannedResponse, Receipt } from '../core/response.ts';

/** A receipt, and what went wrong where something did, for code that decides whether to go on. */
export interface Applied {
  readonly receipt: Receipt;
  readonly failure: Failure | null;
}

/** What a receipt says of the response that it belongs to. */
export type Identity = Pick<Receipt, 'key' | 'kind' | 'act' | 'fingerprint' | 'episode'>;

export function identity({ key, kind, act, fingerprint, episode }: PlannedResponse): Identity {
  return { key, kind, act, fingerprint, episode };
}

/** A response that writes no issue was carried out; `url` shows what it made, where it made something. */
export function done(response: PlannedResponse, url: string | null = null): Applied {
  return { receipt: { ...identity(response), ...NO_ISSUE, ok: true, url, error: null }, failure: null };
}

/**
 * A response that writes no issue was not carried out, or not wholly.
 * @param error Why, in a sentence free of secrets.
 * @param failure What outside failed, where that is the reason.
 */
export function undone(response: PlannedResponse, error: string, failure: Failure | null = null): Applied {
  return { receipt: { ...identity(response), ...NO_ISSUE, ok: false, url: null, error }, failure };
}

/**
 * A response that writes no issue waits for something, so that the next run takes it up; it has not failed.
 * @param why In a sentence free of secrets.
 */
export function putOff(response: PlannedResponse, why: string): Applied {
  const { receipt } = undone(response, why);
  return { receipt: { ...receipt, later: true }, failure: null };
}

/** What failed outside and what to do about it, as receipts say it. */
export function sentence({ message, remedy }: Failure): string {
  return `${message}. ${remedy}`;
}

const NO_ISSUE = { issue: null, hash: null, severity: null, gone: false } as const;
