import { attempt, OutsideFailure } from '../../core/failure.ts';
import { after, type Duration, type Instant, SECOND } from '../../core/time.ts';

interface Clock {
  readonly now: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
}

const BETWEEN_LOOKS: Duration = 5 * SECOND;

/**
 * Looks again and again until there is something to see, or returns null when patience runs out. A look that fails in a way that
 * may pass counts as one that saw nothing.
 * @throws OutsideFailure when a look fails for good, or when the last one failed.
 */
export async function patiently<T>(clock: Clock, patience: Duration, look: () => Promise<T | null>): Promise<T | null> {
  const end = after(clock.now(), patience);
  for (;;) {
    const seen = await attempt(look);
    const isOver = clock.now() >= end;
    if (!seen.ok && (isOver || !seen.failure.retry)) throw new OutsideFailure(seen.failure);
    if (seen.ok && (isOver || seen.value !== null)) return seen.value;
    await clock.sleep(BETWEEN_LOOKS);
  }
}
