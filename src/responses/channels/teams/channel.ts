import type { Channel } from '../channel.ts';
import { delivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { post } from '../post.ts';
import { teamsBody } from './payload.ts';
import type { TeamsSettings } from './settings.ts';

/**
 * Microsoft Teams through a Workflows webhook. It has no id, no update and no thread, and a message whose answer was lost
 * may appear twice.
 */
export const teams: Channel<TeamsSettings> = {
  type: 'teams',
  secrets: ({ webhook }) => [{ key: 'webhook', name: webhook }],
  send: async (notice, _previous, { webhook }, line) => {
    const url = readSecret(webhook, line.means);
    if (!url.ok) return url.failure;
    const name = `the Teams webhook in ${webhook.env}`;
    const call = { url: url.value, name, headers: {}, body: teamsBody(notice), repeatable: false };
    const answer = await post(call, line);
    return answer.ok ? delivered({}) : answer;
  },
};
