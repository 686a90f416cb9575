import { attempt, type Failure } from '../core/failure.ts';
import type { HeldWorkflow } from '../core/halt.ts';
import { plainLine } from '../core/text.ts';
import { isUnfinished } from '../responses/stop/log.ts';
import { dueResumption } from '../responses/stop/resume.ts';
import { shortfall } from '../responses/stop-plan/apply.ts';
import { isDrill } from './canary.ts';
import type { WatchJob } from './job.ts';
import type { LedgerState } from './state.ts';

/** What came of looking after the stop in force. */
export interface Upheld {
  /** For people, one line each. */
  readonly complaints: readonly string[];
  /** True when this job should have brought about something of it and could not. */
  readonly incomplete: boolean;
  /** True when something was done, so that the ledger is another one than before. */
  readonly done: boolean;
}

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };
const DONE: Upheld = { ...NOTHING, done: true };

/**
 * Goes on with a stop that was killed or has left something, before anything else; tells what somebody has switched on again
 * after it was complete. That is reported and not fought: whoever may enable a workflow may also know why.
 */
export async function uphold(job: WatchJob, { halt: state }: LedgerState): Promise<Upheld> {
  const { halt, held } = state;
  // A drill brings back by itself what it has stopped.
  if (halt === null || isDrill(halt)) return NOTHING;
  const { stop } = job;
  if (isUnfinished(state)) {
    if (stop === null) return told(unfinished(halt.generation));
    const receipt = await attempt(() => stop.goOn(halt));
    const error = receipt.ok ? shortfall(receipt.value) : sentence(receipt.failure);
    return error === null ? DONE : failed(`Going on with stop ${halt.generation}: ${error}`);
  }
  if (stop === null) return NOTHING;
  const ours = held.filter(({ before }) => before === 'active');
  const active = await attempt(() => stop.active(ours));
  if (!active.ok)
    return failed(`Whether stop ${halt.generation} still holds could not be seen: ${sentence(active.failure)}`);
  return active.value.length === 0 ? NOTHING : told(reenabled(halt.generation, active.value));
}

/** Brings back the rest when the canary of a staged resume has proven itself. */
export async function followUp(job: WatchJob, { halt, recent }: LedgerState): Promise<Upheld> {
  const canary = dueResumption(halt, recent, job.now);
  if (canary === null) return NOTHING;
  const { stop } = job;
  const what = `The canary of stop ${canary.generation} has done well`;
  if (stop === null) return told(`${what}: the rest is resumed by the next run of the job that may stop and resume`);
  const resumed = await attempt(() => stop.followUp(canary));
  if (!resumed.ok) return failed(`${what}, but the rest was not resumed: ${sentence(resumed.failure)}`);
  const [first] = resumed.value.residue;
  if (first === undefined) return DONE;
  return failed(
    `${what}, but not all of the rest was resumed: ${first.what} ${first.id}: ${first.why}. ${first.remedy}`,
  );
}

function told(complaint: string): Upheld {
  return { ...NOTHING, complaints: [complaint] };
}

function failed(complaint: string): Upheld {
  return { complaints: [complaint], incomplete: true, done: true };
}

function unfinished(generation: number): string {
  return (
    `Stop ${generation} has not come to its end, and this job may not go on with it: a job that applies \`stop\` does so at ` +
    'its next run, or do it now with `checkrein stop`'
  );
}

function reenabled(generation: number, active: readonly HeldWorkflow[]): string {
  const paths = active.map(({ path }) => plainLine(path, 120)).join(', ');
  return (
    `Stop ${generation} is in force, but somebody has enabled ${paths} again: run \`checkrein stop\` or ` +
    '`checkrein resume`, whichever is right'
  );
}

function sentence({ message, remedy }: Failure): string {
  return `${message}. ${remedy}`;
}
