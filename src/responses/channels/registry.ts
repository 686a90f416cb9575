import { alertmanager } from './alertmanager/channel.ts';
import type { Channel } from './channel.ts';
import { email } from './email/channel.ts';
import { githubIssue } from './github-issue/channel.ts';
import { googleChat } from './google-chat/channel.ts';
import { pagerduty } from './pagerduty/channel.ts';
import { prComment } from './pr-comment/channel.ts';
import type { ChannelSettings } from './settings.ts';
import { slack } from './slack/channel.ts';
import { slackBot } from './slack-bot/channel.ts';
import { teams } from './teams/channel.ts';
import { webhook } from './webhook/channel.ts';

/** The channel of each type. A type without a channel does not compile. */
type Channels = { readonly [Type in ChannelSettings['type']]: Channel<Extract<ChannelSettings, { type: Type }>> };

/** Every type of channel. */
export const CHANNELS: Channels = {
  'github-issue': githubIssue,
  'pr-comment': prComment,
  slack,
  'slack-bot': slackBot,
  pagerduty,
  email,
  'google-chat': googleChat,
  teams,
  webhook,
  alertmanager,
};

/** The channel of a type. */
export function channelFor<Type extends ChannelSettings['type']>(type: Type): Channels[Type] {
  return CHANNELS[type];
}
