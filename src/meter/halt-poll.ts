import { LEDGER_LOST, type LedgerLoss } from '../core/guard.ts';
import { haltLook } from './halt-look.ts';
import type { MeterPlan } from './plan.ts';

/** Receives the results of looking for the emergency stop. */
export interface HaltPort {
  /** A stop applies to the agent. */
  readonly halted: (generation: number) => void;
  /** The ledger is certainly lost. */
  readonly lost: (how: LedgerLoss) => void;
  readonly problem: (text: string) => void;
}

/**
 * GitHub may miss a branch while it is being written, and replicas may lag, so two further looks must confirm a loss. They
 * come sooner than usual, because until then nobody could stop the agent.
 */
const LOOKS_FOR_SURE = 3;
const SOONER = 4;

/**
 * Looks for the emergency stop at intervals. The step before the agent has just looked, so the first look comes after one
 * interval.
 */
export function pollHalt(plan: MeterPlan, port: HaltPort): NodeJS.Timeout | undefined {
  const { ledger, errand, lease, startedAt: leasedAt } = plan.handover;
  const look = plan.github === null ? null : haltLook(plan.github, { ledger, ...errand, lease, leasedAt });
  if (look === null) {
    port.problem(
      'The emergency stop is not looked for while the agent runs: the ledger is no branch that the token can read',
    );
    return undefined;
  }
  let missed = 0;
  const ask = async (): Promise<void> => {
    const found = await look();
    missed = found.kind === 'lost' ? missed + 1 : 0;
    if (found.kind === 'unknown') port.problem(found.reason);
    if (found.kind === 'halted') port.halted(found.generation);
    if (found.kind !== 'lost' || missed !== LOOKS_FOR_SURE) return;
    port.problem(LEDGER_LOST[found.how]);
    port.lost(found.how);
  };
  let ticks = 0;
  return setInterval(() => {
    ticks++;
    const isDoubtful = missed > 0 && missed < LOOKS_FOR_SURE;
    if (isDoubtful || ticks % SOONER === 0) void ask();
  }, plan.haltEvery / SOONER);
}
