import type { Delivery, ReceiverData } from '../../core/notice.ts';
import { redact } from '../../core/redact.ts';
import { plainLine } from '../../core/text.ts';
import type { Duration } from '../../core/time.ts';

/** A message that, as far as we know, did not go through. */
export type Undelivered = Extract<Delivery, { ok: false }>;

/** It went through. */
export function delivered(receiver: ReceiverData): Delivery {
  return { ok: true, receiver };
}

/** It will never go through, however often it is sent: a person must act. `why` says what is wrong. */
export function refused(why: string): Undelivered {
  return { ok: false, error: sentence(why), retry: false, unsure: false, waitFor: null };
}

/** It did not go through now. */
export function postponed(why: string, waitFor: Duration | null = null): Undelivered {
  return { ok: false, error: sentence(why), retry: true, unsure: false, waitFor };
}

/** Nobody knows whether it went through. */
export function doubtful(why: string, waitFor: Duration | null = null): Undelivered {
  return { ok: false, error: sentence(why), retry: true, unsure: true, waitFor };
}

/** What a receiver answered, shortened, without anything that looks like a secret or is one of `secrets`. */
export function receiverWords(text: string, secrets: readonly string[], max = 160): string {
  const masked = secrets
    .filter((secret) => secret.length > 3)
    .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text.slice(0, 4_096));
  return plainLine(redact(masked), max);
}

function sentence(why: string): string {
  return plainLine(why, 400);
}
