import { type Instant, parseInstant } from '../core/time.ts';
import { UsageError, type World } from './world.ts';

/**
 * The moment that a command works at: what `--now` says, else the clock's.
 * @throws UsageError when `--now` holds no ISO 8601 moment.
 */
export function presentMoment(now: string | null, world: Pick<World, 'now'>): Instant {
  if (now === null) return world.now();
  const instant = parseInstant(now);
  if (instant === null) {
    throw new UsageError(`--now wants an ISO 8601 moment such as 2026-11-21T09:30:00Z, not '${now}'.`);
  }
  return instant;
}
