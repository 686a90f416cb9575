import type { Config } from '../../config/schema.ts';
import type { Change, Passport } from '../../core/passport.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { ReviewStatus, Stand } from '../../review/status.ts';
import type { LedgerState } from '../state.ts';

/** Everything a review works with. */
export interface ReviewDesk {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
  readonly now: () => Instant;
  /** Nothing is written, neither to the ledger nor to GitHub. */
  readonly dryRun: boolean;
  /** Web address of the product's files. */
  readonly home: string;
  /** Adds a second opinion on a change. It may only make the passport worse. Null when nobody is asked. */
  readonly opinion:
    | ((
        passport: Passport,
        change: Change,
      ) => Promise<{ readonly passport: Passport; readonly said: readonly string[] }>)
    | null;
}

/** The result of reviewing one pull request. */
export interface ReviewOutcome extends Stand {
  readonly pull: number;
  /** Null when it could not be read, or is no longer open. */
  readonly passport: Passport | null;
  readonly status: ReviewStatus | null;
  /** Address of the comment; null when there is none. */
  readonly comment: string | null;
  /** What went wrong, in our words; empty when nothing did. */
  readonly problems: readonly string[];
}
