import type { FailureKind } from '../../core/failure.ts';
import type { Halt, HeldWorkflow } from '../../core/halt.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { plainLine } from '../../core/text.ts';
import { aliveIn, type Observation, observe } from '../../responses/stop/observe.ts';
import type { WatchJob } from '../job.ts';
import type { Upheld } from './upheld.ts';

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };

/** A job without the permission leaves the question to jobs that have it. */
const NOT_OURS: readonly FailureKind[] = ['forbidden', 'not_found'];

/** A longer list of paths helps nobody. */
const MOST_NAMED = 10;

/** How much runs under a stop in force, for a job that may not end it. Costs nothing without a stop. */
export async function tellAlive(
  { eyes, clock }: WatchJob,
  { generation }: Halt,
  held: readonly HeldWorkflow[],
): Promise<Upheld> {
  if (eyes === null || held.length === 0) return NOTHING;
  const seen = await observe(eyes, held, clock);
  const alive = aliveIn(seen, held);
  const runs = alive.reduce((sum, one) => sum + one.runs, 0);
  const paths = alive.slice(0, MOST_NAMED).map(({ path }) => plainLine(path, 120));
  const more = alive.length > paths.length ? ` and ${alive.length - paths.length} more` : '';
  const words =
    `Stop ${generation} is in force, but ${formatQuantity(runs, 'runs')} of ${paths.join(', ')}${more} ${runs === 1 ? 'is' : 'are'} alive: ` +
    'a job that applies `stop` ends what runs of workflows that are off at its next run, or do it now with `checkrein stop`';
  return { ...NOTHING, complaints: [...(runs === 0 ? [] : [words]), ...unseen(seen, generation)] };
}

function unseen({ runs }: Observation, generation: number): readonly string[] {
  const [first] = [...runs.values()].flatMap((list) => (list.ok ? [] : [list.failure]));
  if (first === undefined || NOT_OURS.includes(first.kind)) return [];
  return [`Whether anything runs under stop ${generation} could not be seen: ${first.message}. ${first.remedy}`];
}
