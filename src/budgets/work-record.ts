import type { WorkPlace } from '../core/budget.ts';
import type { Instant } from '../core/time.ts';

/** One thing that used something: a session, or an attempt. */
export interface WorkRecord extends WorkPlace {
  /** What tells it apart if each session has an allowance of its own. */
  readonly own: string;
  readonly at: Instant;
  readonly key: string | null;
  /** Null if not known. */
  readonly value: number | null;
  readonly cutOff: boolean;
  /** False for an attempt that has not ended. */
  readonly ended: boolean;
}
