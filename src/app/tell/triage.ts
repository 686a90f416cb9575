import type { WatchJob } from '../job.ts';
import type { Upheld } from '../stop/upheld.ts';
import type { Judged } from './guess-causes.ts';

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };

/** Adds a model's guesses to what people are told about new alerts, if there is a key. A run without one loads none of this. */
export async function triage(job: WatchJob, judged: Judged): Promise<Upheld> {
  const { opinions, issues, config } = job;
  if (opinions === null || issues === null || config.opinion.triage === 'off') return NOTHING;
  return await (await import('./guess-causes.ts')).guessCauses(job, opinions, judged);
}
