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
  /** Number of a stop that was declared meanwhile and holds what should have come back; null where there was none. */
  readonly overtakenBy: number | null;
  /** What could not be switched on, turned green or let go; the stop goes on holding those workflows. */
  readonly residue: readonly Residue[];
}

type ReadyPlan = Extract<ResumePlan, { kind: 'ready' }>;

/**
 * Switches on exactly what the stop in force switched off, all or one canary first, and writes that down. Doing it again
 * takes up what has failed, or what a process that died has left. A stop that is declared meanwhile goes before it: then it
 * gives back what that one holds, and says so.
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

/** Those that can be let go twice; one that cannot look was told of the resume already. */
function lookingOf({ levers = [] }: ResumeJob): readonly Lever[] {
  return levers.filter(({ looks }) => looks);
}

type Written =
  | { readonly kind: 'overtaken'; readonly by: Halt }
  | { readonly kind: 'written'; readonly unturned: readonly Failure[]; readonly unmoved: readonly Residue[] };

/**
 * Lets go what beside workflows was held, and writes the resume down. What was held back stays so until nobody is stopped any
 * more. It is let go before it is written down, so that one who dies here leaves a stop that can be resumed once more, and no red
 * status that nobody turns. Nothing is written over a stop that was declared since.
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

/** A resume that has come to nothing, for a stop was declared before it was written down. */
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

/** Once it is written down nobody of the old stop goes on: what such a one did just before is undone, unless a new stop holds it. */
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

/** The longest wait, should nobody answer. */
const LEVERS_LAST: Duration = 2 * MINUTE;

/** As soon as anybody comes back, also a canary: without a key, or held off by its own `if:`, it could prove nothing. */
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
 * Whoever still stops may have switched off what was on before this was written down. From now on nobody does: what is off by
 * now is enabled once more.
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

/** True while an alert is active for which a rule stopped any of the agents, also before another stop took over. */
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
