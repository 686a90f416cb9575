import { setTimeout as sleep } from 'node:timers/promises';
import type { MeterHand } from '../core/guard.ts';
import type { AgentProcesses } from './agent-processes.ts';
import type { ProcessInfo } from './process-info.ts';
import { isAlive } from './processes.ts';

/** How long an agent has to leave by itself after a hook told it to, and then after it was asked to end. */
const GRACE_OF_HOOK = 600;
const GRACE_OF_PROCESS = 500;
const LOOK = 25;
/** An agent that restarts itself is ended again: this many times at once, and from then on whenever it is seen. */
const ROUNDS = 3;

/** The ways in which an agent can be ended. */
export interface EndingMeans {
  readonly agent: Pick<AgentProcesses, 'tree'>;
  /** Whether an agent without a process has left: its own process was seen before. */
  readonly mayHaveLeft: () => boolean;
  /** Whether the engine asks us and may leave by itself when told to. */
  readonly mayLeave: () => boolean;
  /** Whether a hook has told the agent to end. */
  readonly wasTold: () => boolean;
  /** Ends the whole run; false when that failed. Null when no token allows it. */
  readonly cancelRun: (() => Promise<boolean>) | null;
}

/** How an agent was ended. */
export interface Ending {
  readonly hands: readonly MeterHand[];
  /** Whether no process of the agent is left, as far as can be seen. */
  readonly gone: boolean;
}

/**
 * Ends the agent: lets it leave if a hook told it to, then asks its processes to end, then kills them, and then cancels the
 * whole run. Each step is tried only if those before it did not suffice.
 */
export async function endAgent({ agent, mayHaveLeft, mayLeave, wasTold, cancelRun }: EndingMeans): Promise<Ending> {
  const hands = new Set<MeterHand>();
  if (mayLeave()) await untilGone(() => agent.tree(), GRACE_OF_HOOK);
  let seen = false;
  for (let round = 0; round < ROUNDS; round++) {
    const tree = agent.tree();
    if (tree.length === 0) break;
    seen = true;
    hands.add('process');
    await endTree(tree);
  }
  if (wasTold()) hands.add('hook');
  const gone = agent.tree().length === 0 && (seen || wasTold() || mayHaveLeft());
  if (!gone && cancelRun !== null && (await cancelRun())) hands.add('run');
  return { hands: HANDS.filter((hand) => hands.has(hand)), gone };
}

const HANDS: readonly MeterHand[] = ['hook', 'process', 'run'];

/** Ends a process and everything it started. Those that do not end when asked are killed. */
async function endTree(tree: readonly ProcessInfo[]): Promise<void> {
  for (const one of tree) signal(one, 'SIGTERM');
  // A stopped process receives no signal until it continues.
  for (const one of tree) if (one.state === 'T' || one.state === 't') signal(one, 'SIGCONT');
  await untilGone(() => tree.filter(isAlive), GRACE_OF_PROCESS);
  for (const one of tree) if (isAlive(one)) signal(one, 'SIGKILL');
  await untilGone(() => tree.filter(isAlive), GRACE_OF_PROCESS);
}

async function untilGone(left: () => readonly unknown[], most: number): Promise<void> {
  const until = performance.now() + most;
  while (left().length > 0 && performance.now() < until) await sleep(LOOK);
}

/** A process that is gone or not ours receives nothing. */
function signal({ pid }: ProcessInfo, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
