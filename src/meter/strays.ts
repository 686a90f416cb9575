import type { ProcessId, ProcessInfo, StepRunner } from './process-info.ts';
import { environmentOf, lineOf, MARK } from './processes.ts';

/** What distinguishes a job's processes from others. */
export interface JobSigns {
  /** The value of `MARK` in this job. */
  readonly mark: string;
  /** The process that runs the job's steps, if known: its children may be ended, it itself never. */
  readonly worker: StepRunner | null;
}

/** What an agent left running outside its process tree: a process whose parents are gone is nobody's child. */
export interface Strays {
  /** Notes a process of the agent: everything else that its step started belongs to the agent as well. */
  readonly noteAgent: (one: ProcessId) => void;
  /** Those of `candidates` that belong to the agent and no longer descend from any process of the job. */
  readonly among: (candidates: readonly ProcessInfo[], all: readonly ProcessInfo[]) => readonly ProcessInfo[];
}

/** The runner gives each step its own summary file, and everything that a step starts has its name in the environment. */
const OF_STEP = 'GITHUB_STEP_SUMMARY';

/** For an agent that has shown no process yet. */
export function straysOf({ mark, worker }: JobSigns): Strays {
  const steps = new Set<string | null>();
  const isLeft = (one: ProcessInfo, all: readonly ProcessInfo[]): boolean =>
    worker === null ? one.parent === INIT : !lineOf(one.pid, all).has(worker.pid);
  const isOurs = (one: ProcessInfo): boolean => {
    const env = environmentOf(one.pid);
    return env?.get(MARK) === mark && steps.has(stepIn(env));
  };
  return {
    noteAgent: ({ pid }) => {
      const env = environmentOf(pid);
      if (env?.get(MARK) === mark) steps.add(stepIn(env));
    },
    among: (candidates, all) => candidates.filter((one) => steps.size > 0 && isLeft(one, all) && isOurs(one)),
  };
}

/** Adopts processes whose parents are gone. */
const INIT = 1;

function stepIn(env: ReadonlyMap<string, string>): string | null {
  return env.get(OF_STEP) ?? null;
}
