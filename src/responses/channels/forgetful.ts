import type { Notice } from '../../core/notice.ts';
import type { ChannelSettings } from './settings.ts';

/**
 * Whether a receiver shows a repeated message again. It either knows no key, or only the reader's program looks at it.
 * docs/channels.md says how each receiver identifies a message.
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

/** Whether a message sent to a channel of this type should be written down before anything else is done. */
export function isForgetful(type: ChannelSettings['type']): boolean {
  return FORGETFUL[type];
}

/** Whether a channel of this type can look for a message itself before sending it again. */
export function looksBack(type: ChannelSettings['type']): boolean {
  return type === 'slack-bot';
}

/** A message that its receiver may show a second time, with a note for readers that says so. */
export function perhapsAgain(notice: Notice): Notice {
  return {
    ...notice,
    lines: ['This may have been told before: nobody knows whether it arrived then.', ...notice.lines],
  };
}
