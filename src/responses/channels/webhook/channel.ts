import { hmacSha256 } from '../../../core/hash.ts';
import { SECOND, toMs } from '../../../core/time.ts';
import type { Channel } from '../channel.ts';
import { delivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { post } from '../post.ts';
import { webhookBody } from './payload.ts';
import type { WebhookSettings } from './settings.ts';

/** Calls a program through a signed webhook. It recognises a repeated message by its `Idempotency-Key`. */
export const webhook: Channel<WebhookSettings> = {
  type: 'webhook',
  secrets: ({ url, secret }) => [
    { key: 'url', name: url },
    { key: 'secret', name: secret },
  ],
  send: async (notice, _previous, settings, line) => {
    const url = readSecret(settings.url, line.means);
    if (!url.ok) return url.failure;
    const secret = readSecret(settings.secret, line.means);
    if (!secret.ok) return secret.failure;
    const body = webhookBody(notice, settings.format);
    const timestamp = String(Math.floor(toMs(line.means.clock()) / SECOND));
    const headers = {
      'idempotency-key': notice.key,
      'x-checkrein-timestamp': timestamp,
      'x-checkrein-signature': `v1=${hmacSha256(secret.value, `${timestamp}.${notice.key}.${body}`)}`,
    };
    const name = `the webhook in ${settings.url.env}`;
    const answer = await post({ url: url.value, name, headers, body, repeatable: true }, line);
    return answer.ok ? delivered({}) : answer;
  },
};
