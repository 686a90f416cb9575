import type { Agent } from '../../core/agent.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { RunStatus } from '../../core/run.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { RemoteRun } from '../../github/remote.ts';
import type { SourceMoment } from '../progress.ts';
import { runEvent } from './parse.ts';

/** Collects the events of runs as they are listed, including the attempts in between. */
export interface Harvest {
  /**
   * Takes a run that belongs to an agent. Runs that GitHub last changed before `unchangedBefore` were taken in an earlier reading.
   * Null when there was none.
   */
  take(run: RemoteRun, agent: Agent, unchangedBefore: Instant | null): Promise<void>;
  has(run: number): boolean;
  complain(complaint: string): void;
  readonly looked: () => number;
  readonly events: () => readonly LedgerEvent[];
  readonly complaints: () => readonly string[];
}

export type KnownStatus = (run: number, attempt: number) => RunStatus | null;

/** An empty harvest. `known` returns the status of an attempt in the ledger. */
export function startHarvest(github: GitHub, known: KnownStatus, moment: SourceMoment): Harvest {
  const events = new Map<string, LedgerEvent>();
  const looked = new Set<number>();
  const complaints: string[] = [];
  const add = (run: RemoteRun, agent: Agent): void => {
    const before = known(run.id, run.attempt);
    const news = run.status === 'completed' ? before !== 'completed' : before === null;
    const event = runEvent(run, agent, moment);
    if (news) events.set(event.id, event);
  };
  const isTaken = (run: number, number: number): boolean =>
    known(run, number) === 'completed' || events.has(`run:${run}:${number}`);
  const addAttempt = async (run: number, number: number, agent: Agent): Promise<void> => {
    const earlier = await attempt(() => github.actions.attempt(run, number));
    if (earlier.ok) add(earlier.value, agent);
    else if (earlier.failure.kind === 'not_found')
      complaints.push(`attempt ${number} of run ${run} is gone from GitHub`);
    else throw new OutsideFailure(earlier.failure);
  };
  return {
    take: async (run, agent, unchangedBefore) => {
      looked.add(run.id);
      if (isTaken(run.id, run.attempt)) return;
      if (unchangedBefore !== null && run.updatedAt < unchangedBefore) return;
      for (let number = 1; number < run.attempt; number += 1) {
        if (!isTaken(run.id, number)) await addAttempt(run.id, number, agent);
      }
      add(run, agent);
    },
    has: (run) => looked.has(run),
    complain: (complaint) => complaints.push(complaint),
    looked: () => looked.size,
    events: () => [...events.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1)),
    complaints: () => complaints,
  };
}
