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
  /** None if omitted. */
  readonly levers?: readonly Lever[];
  readonly sleep: (duration: Duration) => Promise<void>;
  /** For the stop that a resume gives back to, should one be declared meanwhile. */
  readonly limits: StopLimits;
  readonly wish: Omit<ResumeWish, 'causeHolds'>;
}
