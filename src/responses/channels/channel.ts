import type { z } from 'zod';
import type { Delivery, Notice, ReceiverData } from '../../core/notice.ts';
import type { Duration, Instant } from '../../core/time.ts';
import type { IssuesApi, PeopleApi } from '../../github/port.ts';
import type { Patience } from './patience.ts';
import type { SecretName } from './secret.ts';

/** A schema of settings that tells its `type` to the list of all of them. */
export type SettingsSchema<T> = z.ZodType<T> & z.core.$ZodTypeDiscriminable;

/** What a channel works with: the world outside, so that each of it can be another one in a test. */
export interface Means {
  readonly fetch: (url: string, request: RequestInit) => Promise<Response>;
  /** What an environment variable holds; null where the environment lacks it. */
  readonly secret: (name: string) => string | null;
  readonly clock: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
  /** How long one call may take, to the last byte of its answer. */
  readonly timeout: Duration;
  /** How long all messages of one run together may wait for receivers that ask for it. */
  readonly patience: Duration;
  /** The watched repository on GitHub, for channels that are on it; null where there is none. */
  readonly github: GitHubDesk | null;
}

/** Where messages are written on GitHub. */
export interface GitHubDesk {
  readonly issues: IssuesApi;
  readonly people: PeopleApi;
  /** By which our issues are found again. */
  readonly label: string;
}

/** The means as they are in one run: what was waited for one receiver is not there for the next. */
export interface Line {
  readonly means: Means;
  readonly patience: Patience;
}

/** What one message is sent with. */
export interface Sending extends Line {
  /** True where it may have arrived already, because a run died or got no answer while it sent it. */
  readonly isAgain: boolean;
}

/** One secret that a channel needs, with its place in the channel's settings. */
export interface NeededSecret {
  readonly key: string;
  readonly name: SecretName;
}

/**
 * A kind of receiver. `send` never throws for what is wrong outside: that is in the delivery. `previous` is what an earlier
 * message of the same thread left.
 */
export interface Channel<Settings> {
  readonly type: string;
  /** Secrets without which it cannot send. */
  readonly secrets: (settings: Settings) => readonly NeededSecret[];
  readonly send: (
    notice: Notice,
    previous: ReceiverData | null,
    settings: Settings,
    line: Sending,
  ) => Promise<Delivery>;
}
