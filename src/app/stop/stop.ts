import { attempt, type Failure } from '../../core/failure.ts';
import type { CarriedHalt, HaltScope, Initiator, Residue, StopReceipt } from '../../core/halt.ts';
import { between, type Instant, MINUTE } from '../../core/time.ts';
import { type Declaration, declare, declaredEvent, type StopWish } from '../../responses/stop/declare.ts';
import { haltFold } from '../../responses/stop/log.ts';
import { residueOf } from '../../responses/stop/receipt.ts';
import { beginning } from '../../responses/stop/standing.ts';
import { type Spared, targetsOf } from '../../responses/stop/targets.ts';
import { unloggedOf } from '../../responses/stop/unlogged.ts';
import { insistently } from '../shell/insist.ts';
import { type Books, carryOut, pursue, receiptFrom } from './pursue.ts';
import { tellUnlogged } from './tell-halt.ts';
import { lookAtWorkflows, type StopTools } from './tools.ts';
import { believedStops, type Claims, claimedStops } from './unlogged.ts';

/** A stop, with everything it works on; the scope says which agents are meant. */
export interface StopJob extends StopTools {
  readonly spared: Spared;
  readonly scope: HaltScope;
  readonly initiator: Initiator;
  readonly reason: string;
}

/**
 * Stops agents: records that they are stopped, disables their workflows, ends their runs, holds their pull requests back, and
 * proves it with a receipt. Failures are retried until the deadline and then listed in the residue, as is anything somebody has
 * resumed meanwhile. When the ledger cannot be written it goes on, with its issue in place of the ledger, and says so. If it is
 * killed at any point, the next stop of the same agents picks it up.
 */
export async function stop(job: StopJob): Promise<StopReceipt> {
  job.progress('writing down the stop', 0, 1);
  const wish = await wishOf(job);
  const declared = await writeDeclaration(job, wish);
  const { failure } = declared;
  return failure === null ? await stopCounted(job, declared) : await stopUncounted(job, wish, { ...declared, failure });
}

async function wishOf(job: StopJob): Promise<StopWish> {
  const at = job.now();
  const { agents } = targetsOf(job.agents, job.scope, job.spared);
  const [remote, claims] = await Promise.all([lookAtWorkflows(job), lookAtIssues(job)]);
  const unlogged = await attempt(() =>
    believedStops(claims, { agents: job.agents, spared: job.spared, remote, pulls: job.github.pulls, now: at }),
  );
  return {
    scope: job.scope,
    by: job.initiator,
    reason: job.reason,
    at,
    paths: agents.map(({ workflow }) => workflow),
    remote,
    unlogged: unlogged.ok ? unlogged.value : [],
  };
}

/** What cannot be read now stays open, and the next stop or resume takes it in. */
async function lookAtIssues({ issues, repo }: StopTools): Promise<Claims['stops']> {
  if (issues === undefined) return [];
  const found = await attempt(() => claimedStops(issues, repo));
  return found.ok ? found.value.stops : [];
}

interface Declared {
  readonly declaration: Declaration;
  /** Why it is not in the ledger; null when it is. */
  readonly failure: Failure | null;
  /** Whether some agents of this stop have come back already. */
  readonly resumed: boolean;
}

async function writeDeclaration(job: StopJob, wish: StopWish): Promise<Declared> {
  // Without a ledger only issues tell of earlier stops.
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

async function stopCounted(job: StopJob, { declaration, resumed }: Declared): Promise<StopReceipt> {
  const { receipt, released } = await pursue(job, declaration, resumed);
  return { ...receipt, residue: [...receipt.residue, ...resumedMeanwhile(released, receipt)] };
}

/** People must not believe that these are off. What could not be given back is reported already. */
function resumedMeanwhile(released: readonly string[], { residue }: StopReceipt): readonly Residue[] {
  return released
    .filter((path) => !residue.some(({ what, id }) => what === 'workflow' && id === path))
    .map((path) => ({
      what: 'workflow',
      id: path,
      why: 'Somebody has resumed it while the stop went on, so it is left alone',
      remedy: 'Stop it once more if it must not run',
    }));
}

interface Undeclared extends Declared {
  readonly failure: Failure;
}

/** The issue takes the place of the ledger until the ledger is back. */
async function stopUncounted(job: StopJob, wish: StopWish, { declaration, failure }: Undeclared): Promise<StopReceipt> {
  const { halt, held, pulls } = declaration;
  const uncounted: CarriedHalt = { ...halt, generation: null };
  const begun = {
    standing: beginning(held, null),
    pulls: { pulls, residue: [], red: [] },
    levers: { levers: [], residue: [] },
  };
  const first = receiptFrom(uncounted, begun);
  await writeIssue(job, { ...first, residue: [notInLedger('goes on', failure, first, job)] });
  const course = { halt: uncounted, held, earlier: null, pulls, cameBack: false };
  const books: Books = {
    mandate: null,
    noteDown: async (soFar) => {
      const far = receiptFrom(uncounted, soFar);
      await writeIssue(job, { ...far, residue: [...far.residue, notInLedger('goes on', failure, far, job)] });
    },
  };
  const receipt = receiptFrom(uncounted, await carryOut(job, course, books));
  // The ledger may be back. Then everything is looked at once more, including what an earlier stop holds that could not be read.
  const own = unloggedOf(receipt, job.by);
  const late = await writeDeclaration(job, { ...wish, unlogged: [...wish.unlogged, own] });
  if (late.failure === null) {
    const earlier = { ...receipt, halt: late.declaration.halt };
    return await stopCounted(inTime(job, wish.at), { ...late, declaration: { ...late.declaration, earlier } });
  }
  const residue = [...receipt.residue, notInLedger('was carried out', late.failure, receipt, job)];
  await writeIssue(job, { ...receipt, residue });
  return { ...receipt, residue };
}

/** With the remaining time, but enough to look twice. */
function inTime(job: StopJob, begun: Instant): StopJob {
  const deadline = Math.max(MINUTE, job.limits.deadline - between(begun, job.now()));
  return { ...job, limits: { ...job.limits, deadline } };
}

/** A failure is reported with the stop: nothing holds it up. */
async function writeIssue({ issues, repo, ledger, by }: StopJob, receipt: StopReceipt): Promise<void> {
  if (issues === undefined) return;
  await attempt(() => tellUnlogged(issues, receipt, by, { repo, ledger: ledger.place }));
}

/** A longer list of paths helps nobody; the receipt has them all. */
const MOST_NAMED = 20;

/** Names what was active, so that a person can bring it back from this text alone. */
function notInLedger(how: string, failure: Failure, { workflows }: StopReceipt, { ledger }: StopJob): Residue {
  const active = workflows.filter(({ before }) => before === 'active').map(({ path }) => path);
  const more = active.length > MOST_NAMED ? ` and ${active.length - MOST_NAMED} more` : '';
  const names = `${active.slice(0, MOST_NAMED).join(', ')}${more}`;
  const before = active.length === 0 ? 'Nothing was active before' : `Active before: ${names}`;
  const message = `The stop ${how} but is not in the ledger: ${failure.message}. ${before}`;
  return residueOf('ledger', ledger.place, { ...failure, message });
}
