import { z } from 'zod';
import { type AlertmanagerSettings, alertmanagerSettings } from './alertmanager/settings.ts';
import { type EmailSettings, emailSettings } from './email/settings.ts';
import { type GithubIssueSettings, githubIssueSettings } from './github-issue/settings.ts';
import { type GoogleChatSettings, googleChatSettings } from './google-chat/settings.ts';
import { type PagerdutySettings, pagerdutySettings } from './pagerduty/settings.ts';
import { type PrCommentSettings, prCommentSettings } from './pr-comment/settings.ts';
import { type SlackSettings, slackSettings } from './slack/settings.ts';
import { type SlackBotSettings, slackBotSettings } from './slack-bot/settings.ts';
import { type TeamsSettings, teamsSettings } from './teams/settings.ts';
import { type WebhookSettings, webhookSettings } from './webhook/settings.ts';

/** The configuration of one channel. */
export type ChannelSettings =
  | GithubIssueSettings
  | PrCommentSettings
  | SlackSettings
  | SlackBotSettings
  | PagerdutySettings
  | EmailSettings
  | GoogleChatSettings
  | TeamsSettings
  | WebhookSettings
  | AlertmanagerSettings;

/** The settings of a channel, by its `type`. */
export const channelSettings: z.ZodType<ChannelSettings> = z.discriminatedUnion('type', [
  githubIssueSettings,
  prCommentSettings,
  slackSettings,
  slackBotSettings,
  pagerdutySettings,
  emailSettings,
  googleChatSettings,
  teamsSettings,
  webhookSettings,
  alertmanagerSettings,
]);
