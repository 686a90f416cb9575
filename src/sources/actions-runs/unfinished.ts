import type { RunMark } from '../../core/facts.ts';
import { HOUR, type Instant, toMs } from '../../core/time.ts';

/** How many of the newest runs are checked each time, and how many of the others in turn. */
const NEWEST = 8;
const IN_TURN = 4;

/**
 * The runs that had not ended when last seen and are worth a request now. The newest are checked every time. Those that wait for
 * weeks (for an approval, or a runner that never comes) take turns by the hour, so that a quiet run stays cheap.
 */
export function runsToAskAgain(marks: readonly RunMark[], now: Instant): readonly number[] {
  const unfinished = marks
    .filter(({ status }) => status !== 'completed')
    .sort((a, b) => Number(a.startedAt < b.startedAt) - Number(a.startedAt > b.startedAt));
  const ids = [...new Set(unfinished.map(({ run }) => run))];
  const waiting = ids.slice(NEWEST);
  const first = Math.floor(toMs(now) / HOUR) * IN_TURN;
  const turn = waiting.slice(0, IN_TURN).map((_, place) => waiting[(first + place) % waiting.length] ?? 0);
  return [...ids.slice(0, NEWEST), ...turn];
}
