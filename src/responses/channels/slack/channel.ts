import type { Channel } from '../channel.ts';
import { delivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { fitted } from '../fit.ts';
import { messageOf } from '../message.ts';
import { post } from '../post.ts';
import { SLACK_ROOM, slackBody } from './blocks.ts';
import type { SlackSettings } from './settings.ts';

/**
 * Slack through an incoming webhook. It returns no id, so nothing can be updated, and a message whose answer was lost may
 * appear twice.
 */
export const slack: Channel<SlackSettings> = {
  type: 'slack',
  secrets: ({ webhook }) => [{ key: 'webhook', name: webhook }],
  send: async (notice, _previous, { webhook }, line) => {
    const url = readSecret(webhook, line.means);
    if (!url.ok) return url.failure;
    const body = fitted(messageOf(notice), (message) => JSON.stringify(slackBody(message)), SLACK_ROOM);
    const name = `the Slack webhook in ${webhook.env}`;
    const answer = await post({ url: url.value, name, headers: {}, body, repeatable: false }, line);
    return answer.ok ? delivered({}) : answer;
  },
};
