import type { Agent } from '../../core/agent.ts';
import { OutsideFailure } from '../../core/failure.ts';
import type { Halt, HaltScope } from '../../core/halt.ts';
import { formatMoment } from '../../core/quantity.ts';
import { between, type Duration, type Instant, MINUTE } from '../../core/time.ts';
import type { GitHub, RemoteWorkflow } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { LedgerState } from '../state.ts';

/** What a drill stops: a workflow that only waits. It is an agent only during a drill, and part of no other stop. */
export const CANARY: Agent = {
  name: 'checkrein-canary',
  workflow: '.github/workflows/checkrein-canary.yml',
  engine: null,
  means: 'configured',
  reason: 'the canary of the drill',
  blob: null,
};

export const CANARY_SCOPE: HaltScope = { kind: 'agents', names: [CANARY.name] };

/** The canary as GitHub lists it now; the live one if the file was deleted and created again; null without one. */
export async function lookAtCanary(github: GitHub): Promise<RemoteWorkflow | null> {
  const workflows = await github.actions.workflows();
  return workflows.find(({ path, state }) => path === CANARY.workflow && state !== 'deleted') ?? null;
}

/** Longer than a drill takes: an older halt of the canary belongs to a drill that died. */
const DRILL_LASTS: Duration = 30 * MINUTE;

/** Whether a stop belongs to a drill. */
export function isDrill({ scope }: Halt): boolean {
  return scope.kind === 'agents' && scope.names.every((name) => name === CANARY.name);
}

/**
 * Refuses a drill while a stop is in force or another drill is running. True when a drill that died has left its halt behind.
 * @throws OutsideFailure
 */
export function leftByDeadDrill({ halt: { halt } }: LedgerState, now: Instant): boolean {
  if (halt === null) return false;
  refuseStopOf(halt);
  if (between(halt.at, now) > DRILL_LASTS) return true;
  throw new OutsideFailure({
    kind: 'conflict',
    message: `Another drill of the stop has begun at ${formatMoment(halt.at)} and has not ended`,
    remedy: 'Wait until it has; when it has died, a drill half an hour after it began takes up what it has left',
    retry: true,
  });
}

/**
 * The ledger as a drill may use it. Once a real stop is in force it is neither read nor written, so a drill can never replace
 * that stop or end it.
 */
export function standingAside(ledger: Ledger<LedgerState>): Ledger<LedgerState> {
  const checked = (state: LedgerState): LedgerState => {
    if (state.halt.halt !== null) refuseStopOf(state.halt.halt);
    return state;
  };
  return {
    ...ledger,
    read: async () => {
      const snapshot = await ledger.read();
      checked(snapshot.state);
      return snapshot;
    },
    append: (decide) => ledger.append((state) => decide(checked(state))),
  };
}

function refuseStopOf(halt: Halt): void {
  if (isDrill(halt)) return;
  throw new OutsideFailure({
    kind: 'conflict',
    message: `A stop is in force since ${formatMoment(halt.at)} (generation ${halt.generation}), so no drill is held`,
    remedy: 'Hold the drill when the stop is over: `checkrein resume` ends it',
    retry: false,
  });
}
