import { sha256 } from '../../../core/hash.ts';
import type { ReceiverData } from '../../../core/notice.ts';
import type { Channel, Line } from '../channel.ts';
import { delivered, receiverWords, refused, type Undelivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { post } from '../post.ts';
import { type PagerdutyEvent, pagerdutyEvents } from './payload.ts';
import type { PagerdutySettings } from './settings.ts';

/**
 * PagerDuty's Events API v2. Sending the same event twice changes nothing, because the incident key is that of the episode.
 */
export const pagerduty: Channel<PagerdutySettings> = {
  type: 'pagerduty',
  secrets: ({ routing_key }) => [{ key: 'routing_key', name: routing_key }],
  send: async (notice, previous, settings, line) => {
    const events = pagerdutyEvents(notice, settings.urgency);
    const begun = beganWith(previous, settings, line);
    if (!begun.ok) return begun.failure;
    const { key, name } = begun;
    for (const event of events) {
      const failure = await sendEvent(event, key, settings, line);
      if (failure !== null) return failure;
    }
    return delivered(events.length === 0 ? { ...previous } : { keyName: name, keyId: idOf(key) });
  },
};

type Begun =
  | { readonly ok: true; readonly key: string; readonly name: string }
  | { readonly ok: false; readonly failure: Undelivered };

/**
 * The routing key that opened the incident. PagerDuty silently ignores a resolve with a different key. Its name in the
 * configuration may have changed since, but its value must be the same.
 */
function beganWith(previous: ReceiverData | null, { routing_key }: PagerdutySettings, { means }: Line): Begun {
  const id = previous?.['keyId'];
  const then = previous?.['keyName'] ?? routing_key.env;
  const names = [...new Set([routing_key.env, then])];
  const held = names.map((env) => ({ env, secret: readSecret({ env }, means) }));
  for (const { env, secret } of held) {
    if (secret.ok && !/^[\w+-]{16,64}$/.test(secret.value)) return { ok: false, failure: notAKey(env) };
    if (secret.ok && (id === undefined || idOf(secret.value) === id)) return { ok: true, key: secret.value, name: env };
  }
  const [now] = held;
  if (now !== undefined && !now.secret.ok) return { ok: false, failure: now.secret.failure };
  return { ok: false, failure: refused(OTHER_KEY(then)) };
}

function notAKey(env: string): Undelivered {
  return refused(`what ${env} holds is no integration key of PagerDuty, which has 32 characters. Put it right`);
}

const OTHER_KEY = (then: string): string =>
  `the incident was opened with another integration key, which ${then} held then. Close it by hand in PagerDuty; ` +
  'the next one opens with the new key';

/** Tells keys apart without revealing them. */
function idOf(key: string): string {
  return sha256(`pagerduty ${key}`).slice(0, 12);
}

async function sendEvent(
  event: PagerdutyEvent,
  key: string,
  { api }: PagerdutySettings,
  line: Line,
): Promise<Undelivered | null> {
  const answer = await post(
    {
      url: `${api.replace(/\/$/, '')}/v2/enqueue`,
      name: 'PagerDuty',
      headers: {},
      body: JSON.stringify({ routing_key: key, ...event }),
      repeatable: true,
      reasonIn: (text) => receiverWords(errorsIn(text), [key]),
    },
    line,
  );
  return answer.ok ? null : answer;
}

/** PagerDuty lists what is wrong with an event. */
function errorsIn(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return '';
  }
  const errors = typeof value === 'object' && value !== null && 'errors' in value ? value.errors : [];
  return Array.isArray(errors) ? errors.filter((error) => typeof error === 'string').join('; ') : '';
}
