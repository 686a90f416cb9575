import { attempt, type Failure } from '../../core/failure.ts';
import type { Halt, RunReceipt } from '../../core/halt.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { plainLine } from '../../core/text.ts';
import { between, DAY, type Duration } from '../../core/time.ts';
import { type HaltState, isUnfinished, isWhole } from '../../responses/stop/log.ts';
import { dueResumption } from '../../responses/stop/resume.ts';
import { type StopHand, shortfall } from '../../responses/stop-plan/apply.ts';
import type { WatchJob } from '../job.ts';
import type { LedgerState } from '../state.ts';
import { isDrill } from './canary.ts';
import { newcomers } from './newcomers.ts';
import { tellAlive } from './tell-alive.ts';
import type { Upheld } from './upheld.ts';

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };
const DONE: Upheld = { ...NOTHING, done: true };

/**
 * Before anything else, continues a stop that was killed or has left something. A complete stop of all agents also takes in those
 * that have appeared since. Workflows that somebody has enabled again are reported, not fought: anybody who may enable a workflow
 * may also know why.
 */
export async function uphold(job: WatchJob, before: LedgerState): Promise<Upheld> {
  const { state, complaints } = await withUnlogged(job, before);
  const upheld = await upholdKnown(job, state);
  return { ...upheld, complaints: [...complaints, ...upheld.complaints] };
}

async function upholdKnown(job: WatchJob, state: LedgerState): Promise<Upheld> {
  const { halt } = state.halt;
  if (halt === null) return await lookAfter(job, state.halt);
  // A drill brings back by itself what it has stopped.
  if (isDrill(halt)) return NOTHING;
  const { held } = state.halt;
  return isUnfinished(state.halt) ? await finish(job, { halt, held }) : await defend(job, halt, state);
}

interface WithUnlogged {
  readonly state: LedgerState;
  readonly complaints: readonly string[];
}

/** The ledger, including stops that only issues describe. What cannot be read now is read next time. */
async function withUnlogged({ stop, ledger }: WatchJob, before: LedgerState): Promise<WithUnlogged> {
  const taken = stop === null ? null : await attempt(() => stop.takeIn());
  if (!taken?.ok) return { state: before, complaints: [] };
  const { unproven, taken: isOther } = taken.value;
  return { state: isOther ? (await ledger.read()).state : before, complaints: await unprovenOnes(unproven) };
}

async function unprovenOnes(issues: readonly number[]): Promise<readonly string[]> {
  return issues.length === 0 ? [] : (await import('./unlogged.ts')).unprovenWords(issues);
}

type HaltInForce = Pick<HaltState, 'held'> & { readonly halt: Halt };

async function finish(job: WatchJob, { halt, held }: HaltInForce): Promise<Upheld> {
  const { stop } = job;
  if (stop === null) return both(told(unfinished(halt.generation)), await tellAlive(job, halt, held));
  const receipt = await attempt(() => stop.goOn(halt));
  if (receipt.ok && receipt.value === null) return { ...told(resumedMeanwhile(halt.generation)), done: true };
  const error = receipt.ok ? receipt.value && shortfall(receipt.value) : sentence(receipt.failure);
  return error === null ? DONE : failed(`Going on with stop ${halt.generation}: ${error}`);
}

async function defend(job: WatchJob, halt: Halt, state: LedgerState): Promise<Upheld> {
  const { stop, config } = job;
  const late = newcomers(state, config).map(({ workflow }) => workflow);
  if (stop === null) {
    const unheldYet = late.length === 0 ? NOTHING : told(unheld(halt.generation, late));
    return both(unheldYet, await tellAlive(job, halt, state.halt.held));
  }
  const ours = state.halt.held.filter(({ before }) => before === 'active').map(({ path }) => path);
  const active = await attempt(() => stop.active([...ours, ...late]));
  if (!active.ok)
    return failed(`Whether stop ${halt.generation} still holds could not be seen: ${sentence(active.failure)}`);
  const running = late.filter((path) => active.value.includes(path));
  if (running.length > 0) return await takeIn(stop, halt, running);
  const enabled = active.value.length === 0 ? NOTHING : told(reenabled(halt.generation, active.value));
  return both(enabled, await endLate(stop, halt));
}

/** Ends what was started although its workflow was off. Runs of a workflow that somebody has enabled again are theirs. */
async function endLate(stop: StopHand, halt: Halt): Promise<Upheld> {
  const guarded = await attempt(() => stop.standGuard(halt));
  const { generation } = halt;
  const failure = `Whether anything runs under stop ${generation} could not be made sure of`;
  if (!guarded.ok) return failed(`${failure}: ${sentence(guarded.failure)}`);
  if (guarded.value === null) return { ...told(resumedMeanwhile(generation)), done: true };
  const { ended, pulls, residue } = guarded.value;
  const [first] = residue;
  const done: Upheld = {
    complaints: ended.length === 0 ? [] : [endedLate(generation, ended)],
    incomplete: false,
    done: ended.length > 0 || pulls.length > 0,
  };
  if (first === undefined) return done;
  return both(done, failed(`${failure}: ${first.what} ${first.id}: ${first.why}. ${first.remedy}`));
}

/** How long a stop that was still running when it was resumed is looked after. */
const LOOKED_AFTER: Duration = DAY;

/**
 * A process that was still stopping when somebody resumed may have died before it could give back what it switched off last. That
 * workflow is off and nobody holds it. Whether a person meant it cannot be seen, so it is reported.
 */
async function lookAfter({ stop, now }: WatchJob, { receipt, resumptions, generation }: HaltState): Promise<Upheld> {
  const last = resumptions.at(-1);
  if (stop === null || last === undefined || isWhole(receipt) || between(last.at, now) > LOOKED_AFTER) return NOTHING;
  const back = [...new Set(resumptions.flatMap(({ workflows }) => workflows))];
  const active = await attempt(() => stop.active(back));
  if (!active.ok) return NOTHING;
  const off = back.filter((path) => !active.value.includes(path));
  return off.length === 0 ? NOTHING : told(offAgain(generation, off));
}

async function takeIn(stop: StopHand, halt: Halt, late: readonly string[]): Promise<Upheld> {
  const receipt = await attempt(() => stop.join(late, halt));
  const { generation } = halt;
  if (receipt.ok && receipt.value === null) return { ...told(resumedMeanwhile(generation)), done: true };
  const error = receipt.ok ? receipt.value && shortfall(receipt.value) : sentence(receipt.failure);
  if (error !== null) return failed(`Stopping ${named(late)} with the rest: ${error}`);
  return {
    ...told(`All agents are stopped, so ${named(late)}, new since stop ${generation}, is stopped too`),
    done: true,
  };
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

function both(first: Upheld, second: Upheld): Upheld {
  return {
    complaints: [...first.complaints, ...second.complaints],
    incomplete: first.incomplete || second.incomplete,
    done: first.done || second.done,
  };
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

function resumedMeanwhile(generation: number): string {
  return `Somebody has resumed stop ${generation} while this job went on with it, so it is left alone`;
}

function unheld(generation: number, late: readonly string[]): string {
  return (
    `Stop ${generation} is about all agents, but does not hold ${named(late)} yet, new since then: a job that applies \`stop\` ` +
    'stops it at its next run, or do it now with `checkrein stop`'
  );
}

/** A longer list of paths helps nobody. */
const MOST_NAMED = 10;

function named(paths: readonly string[]): string {
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  return `${paths
    .slice(0, MOST_NAMED)
    .map((path) => plainLine(path, 120))
    .join(', ')}${more}`;
}

function reenabled(generation: number, active: readonly string[]): string {
  return (
    `Stop ${generation} is in force, but somebody has enabled ${named(active)} again: run \`checkrein stop\` or ` +
    '`checkrein resume`, whichever is right'
  );
}

function endedLate(generation: number, ended: readonly RunReceipt[]): string {
  const paths = [...new Set(ended.map(({ workflow }) => workflow))];
  const runs = formatQuantity(ended.length, 'runs');
  const were = ended.length === 1 ? 'was' : 'were';
  return `${runs} of ${named(paths)} had been started under stop ${generation} and ${were} ended`;
}

function offAgain(generation: number, off: readonly string[]): string {
  return (
    `Stop ${generation} was resumed while it still went on, and ${named(off)} is off: where nobody has meant that, enable it ` +
    'under Actions > the workflow > Enable workflow'
  );
}

function sentence({ message, remedy }: Failure): string {
  return `${message}. ${remedy}`;
}
