import { attempt } from '../core/failure.ts';
import type { StopReceipt } from '../core/halt.ts';
import type { Lever } from '../responses/stop/levers.ts';
import type { HaltState } from '../responses/stop/log.ts';
import type { LedgerState } from './state.ts';
import { type StopJob, stop } from './stop.ts';

/** Passes through a stop that goes on: the ledger says that somebody has resumed what it would hold. */
class Resumed extends Error {}

/** How to go on with a stop: as it stands in a state of the ledger. */
export type ContinueJob = (state: LedgerState) => StopJob;

/**
 * Goes on with the stop of a generation for as long as it is in force, and only with what it still holds: it looks at the ledger
 * before each round in which it switches something off, holds pull requests back or pulls a lever, and whenever it writes. Null
 * when somebody has resumed all of it meanwhile, or declared another one, which is not undone.
 */
export function goOn(generation: number, ledger: StopJob['ledger'], jobFor: ContinueJob): Promise<StopReceipt | null> {
  return whileInForce(generation, ledger, (state) => attentive(jobFor(state), state.halt, generation));
}

/**
 * Declares a stop that takes over what the one of a generation still holds. Null when somebody has resumed all of that before,
 * or declared another one.
 */
export function takeOver(
  generation: number,
  ledger: StopJob['ledger'],
  jobFor: ContinueJob,
): Promise<StopReceipt | null> {
  return whileInForce(generation, ledger, (before) => {
    const job = jobFor(before);
    const checked = ({ halt }: LedgerState): void => {
      // From its declaration on it is a stop of its own.
      if (halt.generation === generation) refuseResumed(halt, before.halt);
    };
    return { ...job, joins: generation, ledger: attentiveLedger(job.ledger, checked) };
  });
}

async function whileInForce(
  generation: number,
  ledger: StopJob['ledger'],
  jobFor: ContinueJob,
): Promise<StopReceipt | null> {
  for (;;) {
    const { state } = await ledger.read();
    if (isOver(state.halt, generation)) return null;
    try {
      return await stop(jobFor(state));
    } catch (error) {
      if (!(error instanceof Resumed)) throw error;
    }
  }
}

/** @throws Resumed when not all is held now that was held before. */
function refuseResumed({ halt, held }: HaltState, before: HaltState): void {
  const paths = new Set(held.map(({ path }) => path));
  if (halt === null || !before.held.every(({ path }) => paths.has(path))) throw new Resumed();
}

function isOver({ halt }: HaltState, generation: number): boolean {
  return halt?.generation !== generation;
}

/** The same job, which breaks off as soon as one of the workflows is held no more. */
function attentive(job: StopJob, before: HaltState, generation: number): StopJob {
  const checked = ({ halt }: LedgerState): void => {
    if (isOver(halt, generation)) throw new Resumed();
    refuseResumed(halt, before);
  };
  const check = async (): Promise<void> => {
    const read = await attempt(() => job.ledger.read());
    // A ledger that is away keeps nobody from stopping.
    if (read.ok) checked(read.value.state);
  };
  const levers = (job.levers ?? []).map(
    (lever): Lever => ({
      ...lever,
      ask: async (order) => {
        await check();
        await lever.ask(order);
      },
    }),
  );
  return { ...job, levers, github: attentiveHands(job.github, check), ledger: attentiveLedger(job.ledger, checked) };
}

function attentiveHands(github: StopJob['github'], check: () => Promise<void>): StopJob['github'] {
  const { actions, control, pulls } = github;
  let isChecked = false;
  return {
    ...github,
    actions: {
      ...actions,
      // Each round begins with this list.
      workflows: () => {
        isChecked = false;
        return actions.workflows();
      },
    },
    control: {
      ...control,
      disable: async (workflow) => {
        if (!isChecked) await check();
        isChecked = true;
        return await control.disable(workflow);
      },
    },
    pulls: {
      ...pulls,
      open: async () => {
        await check();
        return await pulls.open();
      },
    },
  };
}

function attentiveLedger(ledger: StopJob['ledger'], checked: (state: LedgerState) => void): StopJob['ledger'] {
  return {
    ...ledger,
    append: (decide) =>
      ledger.append((state) => {
        checked(state);
        return decide(state);
      }),
  };
}
