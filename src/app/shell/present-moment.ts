import { after, between, type Instant, parseInstant } from '../../core/time.ts';
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

/**
 * The clock of a command that takes its time: it starts at the moment that `--now` says, else it is that on the wall.
 * @throws UsageError when `--now` holds no ISO 8601 moment.
 */
export function presentClock(now: string | null, world: Pick<World, 'now'>): () => Instant {
  if (now === null) return world.now;
  const from = presentMoment(now, world);
  const began = world.now();
  return () => after(from, between(began, world.now()));
}
