import type { Notice } from '../../../core/notice.ts';
import type { Channel } from '../channel.ts';
import { delivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { post } from '../post.ts';
import { chatBody } from './payload.ts';
import type { GoogleChatSettings } from './settings.ts';

/**
 * Google Chat by a webhook: all that is told of an episode stands in one thread. A webhook cannot change what it said. The id of a message is
 * sent along, but whether Chat heeds it for webhooks is not known, so a message whose answer was lost may come twice.
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

/** Adds what puts the message into its thread, or begins one. An address that is none is left for `post` to refuse. */
function inThread(address: string, { key }: Notice): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
  url.searchParams.set('requestId', key.slice(0, 64));
  return url.href;
}
