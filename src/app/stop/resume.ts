import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Halt, HeldWorkflow, Residue, Resumption } from '../../core/halt.ts';
import { after, type Duration, MINUTE } from '../../core/time.ts';
import { type Enabled, enableAll } from '../../responses/stop/enable.ts';
import { type Lever, moveLevers } from '../../responses/stop/levers.ts';
import { causesOf, type HaltState, haltFold, overtaking } from '../../responses/stop/log.ts';
import { HALT_CONTEXT, releasePulls } from '../../responses/stop/pulls.ts';
import { residueOf } from '../../responses/stop/receipt.ts';
import { planResume, type ResumePlan, resumedEvent } from '../../responses/stop/resume.ts';
import type { LedgerState } from '../state.ts';
import { giveBack } from './give-back.ts';
import type { ResumeJob } from './resume-job.ts';

/** What a resume brought back. */
export interface Resumed {
  readonly resumption: Resumption;
  /** What waits until the canary has done well. */
  readonly later: readonly HeldWorkflow[];
  /** Number of a stop that was declared meanwhile and holds what should have come back; null when there was none. */
  readonly overtakenBy: number | null;
  /** What could not be switched on, turned green or released. The stop still holds those workflows. */
  readonly residue: readonly Residue[];
}

type ReadyPlan = Extract<ResumePlan, { kind: 'ready' }>;

/**
 * Switches on exactly what the stop in force switched off, all of it or one canary first, and records that. Running it again
 * picks up what has failed, or what a process that died has left. A stop that is declared meanwhile takes precedence: then the
 * resume gives back what that stop holds, and says so.
 * @throws OutsideFailure when it is refused (then nothing was done) or the ledger or GitHub cannot be asked.
 */
export async function resume(job: ResumeJob): Promise<Resumed> {
  const { state } = await job.ledger.read();
  const wish = { ...job.wish, causeHolds: causeHolds(state) };
  const plan = planResume(state.halt, await job.github.actions.workflows(), wish);
  if (plan.kind === 'refused') throw new OutsideFailure(refusal(plan));
  const { active, failures } = await enableAll(plan.enable, job.github, job.sleep);
  const event = resumedEvent(resumptionOf(job, plan, active), job.repo, job.by);
  const back = [...active, ...plan.already];
  const written = await letGoAndWrite(job, state, event);
  if (written.kind === 'overtaken') return await yielded(job, event.data.resumption, written.by, active);
  const finished = await finish(job, state, event, back);
  const { halt } = (await job.ledger.read()).state;
  const newer = overtaking(halt, plan.generation);
  const heldAgain = newer === null ? [] : back.filter((path) => halt.held.some((held) => held.path === path));
  const given = newer === null || heldAgain.length === 0 ? [] : await giveBack(job, newer, heldAgain);
  return {
    resumption: event.data.resumption,
    later: plan.later,
    overtakenBy: heldAgain.length === 0 ? null : (newer?.generation ?? null),
    residue: [
      ...given,
      ...[...failures, ...finished.undone].map(({ path, failure }) => residueOf('workflow', path, failure)),
      ...plan.unclear.map((path): Residue => ({ what: 'workflow', id: path, ...UNCLEAR })),
      ...written.unturned.map((failure) => residueOf('pull', HALT_CONTEXT, failure)),
      ...written.unmoved.filter(({ id }) => !lookingOf(job).some(({ kind }) => kind === id)),
      ...finished.pulledAgain,
    ],
  };
}

/** The levers that can be released twice. One that cannot look was already told of the resume. */
function lookingOf({ levers = [] }: ResumeJob): readonly Lever[] {
  return levers.filter(({ looks }) => looks);
}

type Written =
  | { readonly kind: 'overtaken'; readonly by: Halt }
  | { readonly kind: 'written'; readonly unturned: readonly Failure[]; readonly unmoved: readonly Residue[] };

/**
 * Releases what was held apart from workflows, and records the resume. Pull requests that were held back stay so until nobody is
 * stopped any more. The release comes before the record: a process that dies in between leaves a stop that can be resumed again,
 * and no red status that nobody would turn green. A stop declared since is never overwritten.
 */
async function letGoAndWrite(
  job: ResumeJob,
  state: LedgerState,
  event: ReturnType<typeof resumedEvent>,
): Promise<Written> {
  const { resumption } = event.data;
  const { generation } = resumption;
  const early = overtaking((await job.ledger.read()).state.halt, generation);
  if (early !== null) return { kind: 'overtaken', by: early };
  const isOver = haltFold.apply(state.halt, [event]).halt === null;
  const unturned = await releasePulls(job.github.pulls, isOver ? state.halt.pulls : [], generation, job.sleep);
  const unmoved = await letGo(job, state, resumption, isOver);
  const found: { newer: Halt | null } = { newer: null };
  await job.ledger.append(({ halt }) => {
    found.newer = overtaking(halt, generation);
    return halt.generation === generation ? [event] : [];
  });
  const { newer } = found;
  return newer === null ? { kind: 'written', unturned, unmoved } : { kind: 'overtaken', by: newer };
}

/** A resume that came to nothing, because a stop was declared before it was recorded. */
async function yielded(
  job: ResumeJob,
  resumption: Resumption,
  newer: Halt,
  enabled: readonly string[],
): Promise<Resumed> {
  return {
    resumption: { ...resumption, workflows: [], released: [] },
    later: [],
    overtakenBy: newer.generation,
    residue: await giveBack(job, newer, enabled),
  };
}

interface Finished {
  readonly undone: Enabled['failures'];
  readonly pulledAgain: readonly Residue[];
}

/** After the record, nobody continues the old stop. What such a process did just before is undone, unless a new stop holds it. */
async function finish(
  job: ResumeJob,
  state: LedgerState,
  { data: { resumption } }: ReturnType<typeof resumedEvent>,
  back: readonly string[],
): Promise<Finished> {
  const undone = await bringBackAgain(job, state.halt, resumption.generation, back);
  const levers = lookingOf(job);
  if (levers.length === 0 || (await isOvertaken(job, resumption))) return { undone, pulledAgain: [] };
  const isOver = haltFold.apply(state.halt, [resumedEvent(resumption, job.repo, job.by)]).halt === null;
  return { undone, pulledAgain: await letGo({ ...job, levers }, state, resumption, isOver) };
}

async function isOvertaken({ ledger }: ResumeJob, { generation }: Pick<Resumption, 'generation'>): Promise<boolean> {
  return overtaking((await ledger.read()).state.halt, generation) !== null;
}

const UNCLEAR = {
  why: 'It is off, and nobody could see what it was before the stop',
  remedy: 'If it is to run, enable it by hand: Actions > the workflow > Enable workflow',
};

/** The longest wait if nobody answers. */
const LEVERS_LAST: Duration = 2 * MINUTE;

/**
 * Releases the levers as soon as any agent comes back, even a canary: without a key, or held off by its own `if:`, it could prove
 * nothing.
 */
async function letGo(
  { levers = [], repo, now, sleep }: ResumeJob,
  { halt: { halt }, agents }: LedgerState,
  { generation, workflows, reason, at }: Resumption,
  isOver: boolean,
): Promise<readonly Residue[]> {
  if (halt === null || levers.length === 0 || (workflows.length === 0 && !isOver)) return [];
  const names = new Map(agents.agents.map(({ workflow, name }) => [workflow, name]));
  const back = workflows.map((path) => names.get(path) ?? path);
  const order = { event: 'resume', repo, generation, scope: halt.scope, agents: back, reason, at } as const;
  const until = after(now(), LEVERS_LAST);
  return (await moveLevers({ levers, order, known: [], until, now, sleep })).residue;
}

/**
 * A process that was still stopping may have switched off what was on before the resume was recorded. From now on nobody does, so
 * what is off now is enabled once more.
 */
async function bringBackAgain(
  job: ResumeJob,
  { held }: HaltState,
  generation: number,
  back: readonly string[],
): Promise<Enabled['failures']> {
  const { github, sleep } = job;
  const wanted = held.filter(({ path }) => back.includes(path));
  const listed = await attempt(() => github.actions.workflows());
  if (!listed.ok) return wanted.map(({ path }) => ({ path, failure: listed.failure }));
  const off = new Set(listed.value.filter(({ state }) => state === 'disabled_manually').map(({ id }) => id));
  const again = wanted.filter(({ id }) => off.has(id));
  if (again.length === 0 || (await isOvertaken(job, { generation }))) return [];
  return (await enableAll(again, github, sleep)).failures;
}

/** True while an alert is active for which a rule stopped any of the agents, even if another stop has taken over since. */
export function causeHolds({ halt: { halt }, alerts }: Pick<LedgerState, 'halt' | 'alerts'>): boolean {
  return halt !== null && causesOf(halt).some((fingerprint) => alerts.alerts[fingerprint]?.state === 'active');
}

function resumptionOf(job: ResumeJob, plan: ReadyPlan, active: readonly string[]): Resumption {
  const workflows = [...active, ...plan.already];
  return {
    generation: plan.generation,
    by: job.initiator,
    reason: job.wish.reason,
    at: job.now(),
    stage: plan.stage,
    workflows,
    released: [...workflows, ...plan.notOurs],
  };
}

function refusal({ why, remedy }: Extract<ResumePlan, { kind: 'refused' }>): Failure {
  return { kind: 'conflict', message: why, remedy, retry: false };
}
