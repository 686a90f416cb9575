import { MINUTE } from '../core/time.ts';

/** Tracks how long the agent works: from its first sign to its last. Moments are in milliseconds of a monotonic clock. */
export interface AgentLife {
  /** Something came from it: telemetry, a question of a hook, a row of a file. */
  readonly heard: (now: number) => void;
  /**
   * It was looked for. `found`: a process of it, or one that it left running. `known`: a process was ever found that is
   * certainly the agent's own.
   */
  readonly looked: (processes: { readonly found: boolean; readonly known: boolean }, now: number) => void;
  readonly hasBegun: () => boolean;
  /**
   * Until its last sign if it has left: its own process was known, and nothing of it runs. An agent whose process nobody has seen may be
   * silent and still work, so its minutes go on. 0 before it has begun.
   */
  readonly minutes: (now: number) => number;
}

/** For an agent that has shown nothing yet. */
export function agentLife(): AgentLife {
  let first: number | null = null;
  let last = 0;
  let left = false;
  const heard = (now: number): void => {
    first ??= now;
    last = now;
    left = false;
  };
  return {
    heard,
    looked: ({ found, known }, now) => {
      if (found) heard(now);
      else left = known;
    },
    hasBegun: () => first !== null,
    minutes: (now) => (first === null ? 0 : ((left ? last : now) - first) / MINUTE),
  };
}
