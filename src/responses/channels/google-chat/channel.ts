import type { Notice } from '../../../core/notice.ts';
import type { Channel } from '../channel.ts';
import { delivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { post } from '../post.ts';
import { chatBody } from './payload.ts';
import type { GoogleChatSettings } from './settings.ts';

/**
 * Google Chat through a webhook: all messages of an episode share one thread. A webhook cannot edit its messages. We send a
 * message id, but it is not known whether Chat honours it for webhooks, so a message whose answer was lost may appear twice.
 */
export const googleChat: Channel<GoogleChatSettings> = {
  type: 'google-chat',
  secrets: ({ webhook }) => [{ key: 'webhook', name: webhook }],
  send: async (notice, _previous, { webhook }, line) => {
    const url = readSecret(webhook, line.means);
    if (!url.ok) return url.failure;
    const name = `the Google Chat webhook in ${webhook.env}`;
    const call = { url: inThread(url.value, notice), name, headers: {}, body: chatBody(notice), repeatable: false };
    const answer = await post(call, line);
    return answer.ok ? delivered({}) : answer;
  },
};

/**
 * Adds the parameters that put the message into its thread, or start one. An invalid address is left for `post` to refuse.
 */
function inThread(address: string, { key }: Notice): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
  url.searchParams.set('requestId', key.slice(0, 64));
  return url.href;
}
