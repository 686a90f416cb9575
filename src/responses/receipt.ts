import type { Failure } from '../core/failure.ts';
import type { PlannedResponse, Receipt } from '../core/response.ts';

/** A receipt, and the failure if there was one, for code that decides whether to go on. */
export interface Applied {
  readonly receipt: Receipt;
  readonly failure: Failure | null;
}

/** The fields of a receipt that identify its response. */
export type Identity = Pick<Receipt, 'key' | 'kind' | 'act' | 'fingerprint' | 'episode'>;

export function identity({ key, kind, act, fingerprint, episode }: PlannedResponse): Identity {
  return { key, kind, act, fingerprint, episode };
}

/** A response that writes no issue was carried out; `url` points to what it made, if anything. */
export function done(response: PlannedResponse, url: string | null = null): Applied {
  return { receipt: { ...identity(response), ...NO_ISSUE, ok: true, url, error: null }, failure: null };
}

/**
 * A response that writes no issue was not carried out, or only in part.
 * @param error Why, in a sentence free of secrets.
 * @param failure The outside failure, if that is the reason.
 */
export function undone(response: PlannedResponse, error: string, failure: Failure | null = null): Applied {
  return { receipt: { ...identity(response), ...NO_ISSUE, ok: false, url: null, error }, failure };
}

/**
 * A response that writes no issue has to wait. It has not failed, and the next run picks it up.
 * @param why In a sentence free of secrets.
 */
export function putOff(response: PlannedResponse, why: string): Applied {
  const { receipt } = undone(response, why);
  return { receipt: { ...receipt, later: true }, failure: null };
}

/** What failed outside and what to do about it, as worded in receipts. */
export function sentence({ message, remedy }: Failure): string {
  return `${message}. ${remedy}`;
}

const NO_ISSUE = { issue: null, hash: null, severity: null, gone: false } as const;
