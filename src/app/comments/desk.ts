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

/** Everything needed to answer people's commands. */
export interface Desk {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
  /** The path of the configuration on the default branch. */
  readonly configPath: string;
  /** Its environment holds the token. */
  readonly world: World;
  /** The kinds of responses this job handles: `stop` for stop and resume, `issue` for all other commands. */
  readonly apply: readonly ResponseKind[];
  readonly progress: WatchJob['progress'];
}

/** An allowed command: who gave it, and where. */
export interface Order {
  readonly repo: string;
  readonly comment: RemoteComment;
  readonly by: Actor;
  /** The ledger at the time the command was allowed. */
  readonly state: LedgerState;
}

/** The outcome of a command. */
export interface Effect {
  readonly outcome: CommandRecord['outcome'];
  readonly answer: Answer;
  /** The stop it caused; null for other commands. */
  readonly stopped: Stopped | null;
}

/** A comment an event was about. Its text is read from the API. */
export interface Told {
  readonly comment: number;
  readonly at: Instant;
  readonly action: string;
}
