import type { Notice } from '../../core/notice.ts';
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

/** Whether a channel of this type can look for a message itself before it sends it again. */
export function looksBack(type: ChannelSettings['type']): boolean {
  return type === 'slack-bot';
}

/** A message that its receiver may show for the second time, with a word about that for anybody who reads it. */
export function perhapsAgain(notice: Notice): Notice {
  return {
    ...notice,
    lines: ['This may have been told before: nobody knows whether it arrived then.', ...notice.lines],
  };
}
