import type { Initiator } from '../../core/halt.ts';
import type { Duration, Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import type { StopJob } from '../stop/stop.ts';

/** How long the parts of a drill may take. */
export interface DrillLimits {
  /** Until the canary's run is seen. */
  readonly appear: Duration;
  /** How long a run that was seen may wait for a runner before it is stopped anyway. */
  readonly begin: Duration;
  /** How long GitHub may take to show what was done. */
  readonly settle: Duration;
  readonly stop: StopJob['limits'];
}

/** A drill, with everything it works on. */
export interface DrillJob {
  readonly repo: string;
  readonly now: () => Instant;
  readonly by: string;
  readonly ledger: Ledger<LedgerState>;
  readonly github: GitHub;
  readonly initiator: Initiator;
  readonly limits: DrillLimits;
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly progress: WatchJob['progress'];
}
