import type { ChannelSettings } from './settings.ts';

/**
 * Whether a receiver shows a message a second time that it has already shown: it knows no key, or its key only tells a reader's
 * program. docs/channels.md says of each what it knows a message by.
 */
const FORGETFUL: Readonly<Record<ChannelSettings['type'], boolean>> = {
  'github-issue': false,
  'pr-comment': false,
  slack: true,
  'slack-bot': true,
  pagerduty: false,
  email: true,
  'google-chat': true,
  teams: true,
  webhook: false,
  alertmanager: false,
};

/** Whether what went out to a channel of this type should be written down before anything else is done. */
export function isForgetful(type: ChannelSettings['type']): boolean {
  return FORGETFUL[type];
}
