import type { Instant } from '../../core/time.ts';
import type { ActionEvent } from '../../github/event.ts';
import type { Trigger } from '../job.ts';
import { lateness } from './schedule.ts';

/** What triggered a run of the action, as the ledger keeps it. `startedAt` is when the run began. Pure. */
export function triggerOf({ name, payload, run }: ActionEvent, startedAt: Instant): Trigger {
  const { schedule } = payload;
  const late = name === 'schedule' && typeof schedule === 'string' ? lateness(schedule, startedAt) : null;
  return { name, run, late };
}

/** The run whose end woke us. Only its id is taken from the payload: the facts are read from the API. */
export function runsNamedBy({ payload }: Pick<ActionEvent, 'payload'>): readonly number[] {
  const run: unknown = payload['workflow_run'];
  const id: unknown = typeof run === 'object' && run !== null && 'id' in run ? run.id : null;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? [id] : [];
}
