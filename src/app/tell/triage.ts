import type { WatchJob } from '../job.ts';
import type { Upheld } from '../stop/upheld.ts';
import type { Judged } from './guess-causes.ts';

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };

/** Adds guesses of a model to what people are told of new alerts, where a key allows it. A run without one loads nothing of that. */
export async function triage(job: WatchJob, judged: Judged): Promise<Upheld> {
  const { opinions, issues, config } = job;
  if (opinions === null || issues === null || config.opinion.triage === 'off') return NOTHING;
  return await (await import('./guess-causes.ts')).guessCauses(job, opinions, judged);
}
