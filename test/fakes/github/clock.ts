import { type Instant, toMs } from '../../../src/core/time.ts';
import { progress } from './runs.ts';
import type { TimedAct, World } from './world.ts';

/**
 * Lets happen what happens by itself until `now`, in the order of its moments: runs begin and end, cancels take effect,
 * acts of the timeline come due. Every request does so first.
 */
export function settle(world: World, now: Instant): void {
  for (let act = nextDue(world, now); act !== null; act = nextDue(world, now)) {
    world.timeline.splice(world.timeline.indexOf(act), 1);
    for (const run of world.runs) progress(run, act.at);
    act.happens(act.at);
  }
  for (const run of world.runs) progress(run, now);
}

function nextDue(world: World, now: Instant): TimedAct | null {
  const due = world.timeline.filter(({ at }) => toMs(at) <= toMs(now));
  return due.sort((a, b) => toMs(a.at) - toMs(b.at))[0] ?? null;
}
