import type { Agent } from '../core/agent.ts';
import { attempt, type Failure, type Result } from '../core/failure.ts';
import type { Halt, HaltScope, Initiator, PullReceipt, Residue, StopReceipt } from '../core/halt.ts';
import { after, type Duration, type Instant, SECOND } from '../core/time.ts';
import type { GitHub, RemoteWorkflow } from '../github/port.ts';
import type { Ledger } from '../ledger/port.ts';
import { type Declaration, declare, declaredEvent, type StopWish } from '../responses/stop/declare.ts';
import { endAgents, type StopLimits } from '../responses/stop/engine.ts';
import { type Lever, moveLevers, type PulledLevers } from '../responses/stop/levers.ts';
import { haltFold } from '../responses/stop/log.ts';
import { type HeldPulls, holdPulls, wantsAnotherRound } from '../responses/stop/pulls.ts';
import { receiptEvent, receiptOf, residueOf } from '../responses/stop/receipt.ts';
import type { Standing } from '../responses/stop/standing.ts';
import { type Spared, targetsOf } from '../responses/stop/targets.ts';
import type { WatchJob } from './job.ts';
import type { LedgerState } from './state.ts';

/** A stop, with everything it works on. */
export interface StopJob {
  readonly repo: string;
  readonly now: () => Instant;
  readonly by: string;
  readonly ledger: Ledger<LedgerState>;
  readonly github: Pick<GitHub, 'actions' | 'control' | 'pulls' | 'usage'>;
  /** All agents that are known; the scope says which of them are meant. */
  readonly agents: readonly Agent[];
  readonly spared: Spared;
  readonly scope: HaltScope;
  readonly initiator: Initiator;
  readonly reason: string;
  /** The number of the stop in force, where this one only takes in newcomers. */
  readonly joins?: number;
  /** None where it is left out. */
  readonly levers?: readonly Lever[];
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly limits: StopLimits;
  readonly progress: WatchJob['progress'];
}

/** How often what must not fail is tried when the failure may pass. */
const TRIES = 3;
const PAUSE: Duration = 2 * SECOND;

/**
 * Stops agents: writes down that they are stopped, switches their workflows off, ends their runs, holds their pull requests
 * back, and proves it with a receipt. What fails is tried again until the deadline and then stands in the residue; it goes on
 * when the ledger cannot be written, and says so there. Killed anywhere, the next stop of the same takes it up.
 */
export async function stop(job: StopJob): Promise<StopReceipt> {
  const at = job.now();
  const targets = targetsOf(job.agents, job.scope, job.spared);
  job.progress('writing down the stop', 0, 1);
  const remote = await lookAtWorkflows(job);
  const wish: StopWish = {
    scope: job.scope,
    by: job.initiator,
    reason: job.reason,
    at,
    paths: targets.agents.map(({ workflow }) => workflow),
    remote,
    ...(job.joins === undefined ? {} : { joins: job.joins }),
  };
  const declared = await writeDeclaration(job, wish);
  const end = await carryOut(job, targets.agents, declared);
  return await writeReceipt(job, wish, declared, end);
}

/** Null when GitHub could not be asked. */
async function lookAtWorkflows(job: StopJob): Promise<readonly RemoteWorkflow[] | null> {
  const listed = await insistently(job, () => job.github.actions.workflows());
  return listed.ok ? listed.value : null;
}

interface Declared {
  readonly declaration: Declaration;
  /** Why it is not in the ledger; null when it is. */
  readonly failure: Failure | null;
  /** Whether some agents of this stop have come back already, so that its levers stay as the resume left them. */
  readonly resumed: boolean;
}

async function writeDeclaration(job: StopJob, wish: StopWish): Promise<Declared> {
  // Without a ledger nothing is known of an earlier stop: then this is the first one.
  let declaration = declare(haltFold.initial, wish);
  let resumed = false;
  const written = await insistently(job, () =>
    job.ledger.append(({ halt }) => {
      declaration = declare(halt, wish);
      resumed = declaration.halt.generation === halt.generation && halt.resumptions.length > 0;
      return declaration.news ? [declaredEvent(declaration, job.repo, job.now())] : [];
    }),
  );
  return { declaration, failure: written.ok ? null : written.failure, resumed };
}

interface Carried {
  readonly standing: Standing;
  readonly pulls: HeldPulls;
  readonly levers: PulledLevers;
}

/** Ends the runs, and pulls the levers meanwhile, which may take their time. */
async function carryOut(job: StopJob, agents: readonly Agent[], declared: Declared): Promise<Carried> {
  const known: PulledLevers = { levers: declared.declaration.earlier?.levers ?? [], residue: [] };
  const soFar = { levers: known };
  let begin: () => void = () => undefined;
  const disabled = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const until = after(job.now(), job.limits.deadline);
  const pulling = disabled.then(async () => {
    soFar.levers = declared.resumed ? known : await pullLevers(job, agents, declared.declaration, until);
  });
  const ending = endRuns(job, agents, declared.declaration, { acted: begin, levers: () => soFar.levers });
  const [ended] = await Promise.all([ending.finally(begin), pulling]);
  return { ...ended, levers: soFar.levers };
}

function pullLevers(
  { levers = [], repo, now, sleep }: StopJob,
  agents: readonly Agent[],
  { halt, earlier }: Declaration,
  until: Instant,
): Promise<PulledLevers> {
  const { generation, scope, reason, at } = halt;
  const names = agents.map(({ name }) => name);
  const order = { event: 'stop', repo, generation, scope, agents: names, reason, at } as const;
  return moveLevers({ levers, order, known: earlier?.levers ?? [], until, now, sleep });
}

interface Beside {
  readonly acted: () => void;
  /** What became of the levers so far. */
  readonly levers: () => PulledLevers;
}

/** Ends the runs, and holds pull requests back while runs take their time to end. */
async function endRuns(
  job: StopJob,
  agents: readonly Agent[],
  { halt, held, earlier }: Declaration,
  beside: Beside,
): Promise<Omit<Carried, 'levers'>> {
  const { github, now, sleep, limits, progress } = job;
  let pulls: HeldPulls = { pulls: earlier?.pulls ?? [], residue: [] };
  let asked = false;
  const hold = async (known: readonly PullReceipt[]): Promise<HeldPulls> => {
    asked = true;
    return holdPulls({ api: github.pulls, scope: halt.scope, agents, generation: halt.generation, known, now });
  };
  const { standing } = await endAgents({
    held,
    earlier,
    hands: { actions: github.actions, control: github.control },
    limits,
    now,
    sleep,
    usage: () => github.usage(),
    progress,
    resolved: async (workflows) => {
      const event = declaredEvent({ halt, held: workflows, earlier, news: true }, job.repo, now());
      // A failure shows at the end, where all of it is written.
      await attempt(() => job.ledger.append((state) => (isInForce(halt, state) ? [event] : [])));
    },
    acted: beside.acted,
    meanwhile: async (soFar) => {
      beside.acted();
      pulls = await hold(pulls.pulls);
      // Should this process die, the next one knows what was asked for and need not ask again. A failure shows at the end.
      const soFarReceipt = receiptSoFar(halt, { standing: soFar, pulls, levers: beside.levers() });
      await attempt(() => job.ledger.append(() => [receiptEvent(soFarReceipt, job.repo, now(), job.by)]));
    },
  });
  if (!asked || wantsAnotherRound(pulls)) pulls = await hold(pulls.pulls);
  return { standing, pulls };
}

function isInForce({ generation }: Halt, { halt }: LedgerState): boolean {
  return halt.halt?.generation === generation;
}

function receiptSoFar(halt: Halt, { standing, pulls, levers }: Carried): StopReceipt {
  const residue = [...pulls.residue, ...levers.residue];
  return receiptOf({ halt, standing, pulls: pulls.pulls, levers: levers.levers, residue });
}

/** Writes the receipt, and the declaration with it where that could not be written before. */
async function writeReceipt(job: StopJob, wish: StopWish, declared: Declared, end: Carried): Promise<StopReceipt> {
  const { repo, by, now } = job;
  const at = now();
  let receipt = receiptSoFar(declared.declaration.halt, end);
  const written = await insistently(job, () =>
    job.ledger.append((state) => {
      if (declared.failure === null) return [receiptEvent(receipt, repo, at, by)];
      const late = declare(state.halt, { ...wish, remote: wish.remote ?? asBefore(end.standing) });
      receipt = { ...receipt, halt: late.halt };
      return [...(late.news ? [declaredEvent(late, repo, at)] : []), receiptEvent(receipt, repo, at, by)];
    }),
  );
  return written.ok ? receipt : { ...receipt, residue: [...receipt.residue, unwritten(written.failure, job)] };
}

/** The workflows as they were before anything was done to them; null while GitHub has not said so of all. */
function asBefore({ workflows }: Standing): readonly RemoteWorkflow[] | null {
  if (workflows.some(({ held, state }) => held.id === 0 && state === 'unknown')) return null;
  return workflows.flatMap(({ held: { id, path, before } }) =>
    id === 0 ? [] : [{ id, path, name: path, state: before }],
  );
}

function unwritten(failure: Failure, { ledger }: StopJob): Residue {
  return residueOf('ledger', ledger.place, {
    ...failure,
    message: `The stop was carried out but is not in the ledger: ${failure.message}`,
  });
}

async function insistently<T>({ sleep }: Pick<StopJob, 'sleep'>, work: () => Promise<T>): Promise<Result<T>> {
  for (let tries = 1; ; tries++) {
    const result = await attempt(work);
    if (result.ok || !result.failure.retry || tries === TRIES) return result;
    await sleep(PAUSE * tries);
  }
}
