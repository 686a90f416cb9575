import type { z } from 'zod';
import type { Delivery, Notice, ReceiverData } from '../../core/notice.ts';
import type { Duration, Instant } from '../../core/time.ts';
import type { IssuesApi, PeopleApi } from '../../github/port.ts';
import type { Patience } from './patience.ts';
import type { SecretName } from './secret.ts';

/** A settings schema that exposes its `type` to the discriminated union. */
export type SettingsSchema<T> = z.ZodType<T> & z.core.$ZodTypeDiscriminable;

/** What a channel works with: the outside world, each part replaceable in a test. */
export interface Means {
  readonly fetch: (url: string, request: RequestInit) => Promise<Response>;
  /** The value of an environment variable; null when it is not set. */
  readonly secret: (name: string) => string | null;
  readonly clock: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
  /** How long one call may take, up to the last byte of its response. */
  readonly timeout: Duration;
  /** How long all messages of one run together may wait for receivers that ask us to. */
  readonly patience: Duration;
  /** The watched repository on GitHub, for channels that write there; null when there is none. */
  readonly github: GitHubDesk | null;
}

/** Where messages on GitHub are written. */
export interface GitHubDesk {
  readonly issues: IssuesApi;
  readonly people: PeopleApi;
  /** The label by which our issues are found again. */
  readonly label: string;
}

/** The means within one run. Waiting for one receiver uses up the patience for the next. */
export interface Line {
  readonly means: Means;
  readonly patience: Patience;
}

/** What one message is sent with. */
export interface Sending extends Line {
  /** True where it may have arrived already, because an earlier run died or got no answer while sending it. */
  readonly isAgain: boolean;
}

/** One secret that a channel needs, and where it is in the channel's settings. */
export interface NeededSecret {
  readonly key: string;
  readonly name: SecretName;
}

/**
 * A kind of receiver. `send` never throws for outside failures: those are in the delivery. `previous` is what an earlier
 * message of the same thread left.
 */
export interface Channel<Settings> {
  readonly type: string;
  /** Secrets without which the channel cannot send. */
  readonly secrets: (settings: Settings) => readonly NeededSecret[];
  readonly send: (
    notice: Notice,
    previous: ReceiverData | null,
    settings: Settings,
    line: Sending,
  ) => Promise<Delivery>;
}
