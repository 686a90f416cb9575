/**
 * Alerts that Checkrein raises about itself, in addition to its rules. They have no options of their own; `policy` and `channels`
 * configure them.
 */
export interface OwnVoice {
  /** As it appears in alerts. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** What a person can do, as short imperative sentences. */
  readonly remedy: readonly string[];
}

/** Messages to a channel fail. This is reported through the other channels. */
export const NOTIFICATION_FAILED: OwnVoice = {
  name: 'notification-failed',
  title: 'A channel does not take messages',
  question: 'Did a channel refuse a message for good, or not take it for a day?',
  remedy: [
    'Run `checkrein doctor --channels` with the secrets of the channels in its environment: it sends a test to each and says what came back.',
    'Change the secret or the setting that it names; the next message that arrives ends this alert.',
    'Name channels under `policy.fallback` to use in the meantime.',
  ],
};

/** An alert that always fires, so that its absence is noticed. */
export const WATCHDOG: OwnVoice = {
  name: 'watchdog',
  title: 'Checkrein watches',
  question: 'Does Checkrein still run? This alert is there as long as it does.',
  remedy: [
    'Nothing needs to be done: have its receiver raise an alarm when it is no longer repeated.',
    'Set `policy.watchdog: false` when nobody listens for it.',
  ],
};

/** The ledger cannot be read, so alerts have no life cycle. */
export const STATE_UNAVAILABLE: OwnVoice = {
  name: 'state-unavailable',
  title: 'The ledger cannot be read',
  question: 'Can the ledger be read and written?',
  remedy: [
    'Run `checkrein ledger verify --ledger ADDRESS`: it says what is wrong and where.',
    'See whether the database answers and may be written, or whether the job still has `contents: write` and no ruleset protects the branch from it.',
    'Until it can be used again, look for critical alerts in the messages of the channels: issues are not kept up to date.',
  ],
};

/** All of them. User-defined rules must use other names. */
export const OWN_VOICES: readonly OwnVoice[] = [NOTIFICATION_FAILED, WATCHDOG, STATE_UNAVAILABLE];
