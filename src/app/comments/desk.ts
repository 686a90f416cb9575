import type { Config } from '../../config/schema.ts';
import type { CommandRecord } from '../../core/command-record.ts';
import type { ResponseKind } from '../../core/response.ts';
import type { Actor } from '../../core/run.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { RemoteComment } from '../../github/remote.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { Answer } from '../../people/answer.ts';
import type { WatchJob } from '../job.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import type { Stopped } from '../stop/order.ts';

/** Everything with which the commands of people are answered. */
export interface Desk {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
  /** Where the configuration is on the default branch. */
  readonly configPath: string;
  /** With the token in its environment. */
  readonly world: World;
  /** The kinds of responses that this job is for: `stop` to stop and to resume, `issue` for all other commands. */
  readonly apply: readonly ResponseKind[];
  readonly progress: WatchJob['progress'];
}

/** A command that is allowed, and who gave it where. */
export interface Order {
  readonly repo: string;
  readonly comment: RemoteComment;
  readonly by: Actor;
  /** The ledger as it was when the command was allowed. */
  readonly state: LedgerState;
}

/** What came of a command. */
export interface Effect {
  readonly outcome: CommandRecord['outcome'];
  readonly answer: Answer;
  /** The stop that it brought about; null for other commands. */
  readonly stopped: Stopped | null;
}

/** A comment that an event told of. What it says is read from the API. */
export interface Told {
  readonly comment: number;
  readonly at: Instant;
  readonly action: string;
}
