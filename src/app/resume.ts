import { attempt, type Failure, OutsideFailure } from '../core/failure.ts';
import type { HeldWorkflow, Initiator, Residue, Resumption } from '../core/halt.ts';
import { after, type Duration, type Instant, MINUTE } from '../core/time.ts';
import type { GitHub } from '../github/port.ts';
import type { Ledger } from '../ledger/port.ts';
import { type Enabled, enableAll } from '../responses/stop/enable.ts';
import { type Lever, moveLevers } from '../responses/stop/levers.ts';
import { causesOf, type HaltState, haltFold } from '../responses/stop/log.ts';
import { HALT_CONTEXT, releasePulls } from '../responses/stop/pulls.ts';
import { residueOf } from '../responses/stop/receipt.ts';
import { planResume, type ResumePlan, type ResumeWish, resumedEvent } from '../responses/stop/resume.ts';
import type { LedgerState } from './state.ts';

/** A resume, with everything it works on. */
export interface ResumeJob {
  readonly repo: string;
  readonly now: () => Instant;
  readonly by: string;
  readonly ledger: Ledger<LedgerState>;
  readonly github: Pick<GitHub, 'actions' | 'control' | 'pulls'>;
  readonly initiator: Initiator;
  /** None where it is left out. */
  readonly levers?: readonly Lever[];
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly wish: Omit<ResumeWish, 'causeHolds'>;
}

/** What a resume brought back. */
export interface Resumed {
  readonly resumption: Resumption;
  /** What waits until the canary has done well. */
  readonly later: readonly HeldWorkflow[];
  /** What could not be switched on, turned green or let go; the stop goes on holding those workflows. */
  readonly residue: readonly Residue[];
}

type ReadyPlan = Extract<ResumePlan, { kind: 'ready' }>;

/**
 * Switches on exactly what the stop in force switched off, all or one canary first, and writes that down. Doing it again
 * takes up what has failed, or what a process that died has left.
 * @throws OutsideFailure when it is refused (then nothing was done) or the ledger or GitHub cannot be asked.
 */
export async function resume(job: ResumeJob): Promise<Resumed> {
  const { state } = await job.ledger.read();
  const wish = { ...job.wish, causeHolds: causeHolds(state) };
  const plan = planResume(state.halt, await job.github.actions.workflows(), wish);
  if (plan.kind === 'refused') throw new OutsideFailure(refusal(plan));
  const { active, failures } = await enableAll(plan.enable, job.github, job.sleep);
  const event = resumedEvent(resumptionOf(job, plan, active), job.repo, job.by);
  // What was held back stays so until nobody is stopped any more. Before it is written down, so that one who dies here leaves
  // a stop that can be resumed once more, and no red status that nobody turns.
  const isOver = haltFold.apply(state.halt, [event]).halt === null;
  const pulls = isOver ? state.halt.pulls : [];
  const unturned = await releasePulls(job.github.pulls, pulls, plan.generation, job.sleep);
  const unmoved = await letGo(job, state, event.data.resumption, isOver);
  await job.ledger.append(() => [event]);
  const undone = await bringBackAgain(job, state.halt, [...active, ...plan.already]);
  // For the same reason; one that cannot look was told of the resume already.
  const looking = (job.levers ?? []).filter(({ looks }) => looks);
  const pulledAgain = await letGo({ ...job, levers: looking }, state, event.data.resumption, isOver);
  return {
    resumption: event.data.resumption,
    later: plan.later,
    residue: [
      ...[...failures, ...undone].map(({ path, failure }) => residueOf('workflow', path, failure)),
      ...plan.unclear.map((path): Residue => ({ what: 'workflow', id: path, ...UNCLEAR })),
      ...unturned.map((failure) => residueOf('pull', HALT_CONTEXT, failure)),
      ...unmoved.filter(({ id }) => !looking.some(({ kind }) => kind === id)),
      ...pulledAgain,
    ],
  };
}

const UNCLEAR = {
  why: 'It is off, and nobody could see what it was before the stop',
  remedy: 'If it is to run, enable it by hand: Actions > the workflow > Enable workflow',
};

/** At most so long, should nobody answer. */
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
  { github, sleep }: ResumeJob,
  { held }: HaltState,
  back: readonly string[],
): Promise<Enabled['failures']> {
  const wanted = held.filter(({ path }) => back.includes(path));
  const listed = await attempt(() => github.actions.workflows());
  if (!listed.ok) return wanted.map(({ path }) => ({ path, failure: listed.failure }));
  const off = new Set(listed.value.filter(({ state }) => state === 'disabled_manually').map(({ id }) => id));
  const again = wanted.filter(({ id }) => off.has(id));
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
