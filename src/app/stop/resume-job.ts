import type { Initiator } from '../../core/halt.ts';
import type { Duration, Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { StopLimits } from '../../responses/stop/engine.ts';
import type { Lever } from '../../responses/stop/levers.ts';
import type { ResumeWish } from '../../responses/stop/resume.ts';
import type { LedgerState } from '../state.ts';

/** A resume, with everything it works on. */
export interface ResumeJob {
  readonly repo: string;
  readonly now: () => Instant;
  readonly by: string;
  readonly ledger: Ledger<LedgerState>;
  readonly github: Pick<GitHub, 'actions' | 'control' | 'pulls' | 'usage'>;
  readonly initiator: Initiator;
  /** None where it is left out. */
  readonly levers?: readonly Lever[];
  readonly sleep: (duration: Duration) => Promise<void>;
  /** Of the stop to which it gives back what that holds, should one be declared meanwhile. */
  readonly limits: StopLimits;
  readonly wish: Omit<ResumeWish, 'causeHolds'>;
}
