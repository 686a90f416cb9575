import type { ProcessId, ProcessInfo } from './process-info.ts';
import { environmentOf, lineOf, MARK } from './processes.ts';

/** What tells the processes of a job from others. */
export interface JobSigns {
  /** The value of `MARK` in this job. */
  readonly mark: string;
  /** What runs the job's steps, where that is known: its children may be ended, it itself never. */
  readonly worker: ProcessId | null;
}

/** What an agent has left running apart from itself: a process whose parents have gone is nobody's child. */
export interface Strays {
  /** Notes a process of the agent: what else its step started is the agent's as well. */
  readonly noteAgent: (one: ProcessId) => void;
  /** Those of `candidates` that are the agent's and descend from nobody of the job any more. */
  readonly among: (candidates: readonly ProcessInfo[], all: readonly ProcessInfo[]) => readonly ProcessInfo[];
}

/** The runner gives each step a file of its own for its summary: all that a step starts bears the name of it. */
const OF_STEP = 'GITHUB_STEP_SUMMARY';

/** Of an agent of which no process was seen yet. */
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

/** Takes in whose parents have gone. */
const INIT = 1;

function stepIn(env: ReadonlyMap<string, string>): string | null {
  return env.get(OF_STEP) ?? null;
}
