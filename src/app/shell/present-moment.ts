import { after, between, type Instant, parseInstant } from '../../core/time.ts';
import { quoted } from './quoted.ts';
import { UsageError, type World } from './world.ts';

/**
 * The moment a command works at: `--now`, or else the clock's.
 * @throws UsageError when `--now` is not an ISO 8601 moment.
 */
export function presentMoment(now: string | null, world: Pick<World, 'now'>): Instant {
  if (now === null) return world.now();
  const instant = parseInstant(now);
  if (instant === null) {
    throw new UsageError(`--now wants an ISO 8601 moment such as 2026-11-21T09:30:00Z, not ${quoted(now)}.`);
  }
  return instant;
}

/**
 * The clock of a command that takes time: it starts at `--now`, or else is the wall clock.
 * @throws UsageError when `--now` is not an ISO 8601 moment.
 */
export function presentClock(now: string | null, world: Pick<World, 'now'>): () => Instant {
  if (now === null) return world.now;
  const from = presentMoment(now, world);
  const began = world.now();
  return () => after(from, between(began, world.now()));
}
