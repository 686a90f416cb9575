import type { LedgerLoss, MeterReport, RefusedCall } from '../core/guard.ts';
import { fromMs, type Instant } from '../core/time.ts';
import type { MeteredUse } from './use.ts';

/** The mutable state of a meter. Moments without an ISO form are in milliseconds of a clock that nobody sets. */
export interface Standing {
  readonly startedAt: Instant;
  /** The stop that applies to the agent; null while there is none. */
  halt: number | null;
  /** How the ledger was lost; null while it is there, or if a lead lets agents work without it. */
  lost: LedgerLoss | null;
  stop: MeterReport['stop'];
  /** When it came into force; meaningless before. */
  stopped: number;
  /** Whether the agent is being ended right now. */
  ending: boolean;
  /** Whether it was heard although no process of it was found, after one had been. */
  hidden: boolean;
  /** Whether a hook of the agent has ever asked. */
  asked: boolean;
  nextSearch: number;
  endedAt: Instant | null;
  /** Folders of transcripts that hooks named. */
  readonly told: Set<string>;
  readonly heard: Set<MeterReport['heard'][number]>;
  readonly problems: Set<string>;
}

/** For a meter that has just begun. */
export function newStanding(now: number): Standing {
  return {
    startedAt: fromMs(now),
    ...{
      halt: null,
      lost: null,
      stop: null,
      stopped: 0,
      ending: false,
      hidden: false,
      asked: false,
      nextSearch: 0,
      endedAt: null,
    },
    ...{ told: new Set(), heard: new Set(), problems: new Set() },
  };
}

/** The report of a meter at a moment. */
export function standingReport(
  { startedAt, endedAt, stop, heard, problems }: Standing,
  { usd, tokens, turns, minutes, calls }: MeteredUse,
  refused: { readonly first: readonly RefusedCall[]; readonly more: number },
  now: Instant,
): MeterReport {
  return {
    ...{ startedAt, beatAt: now, endedAt },
    use: { usd, tokens, turns, minutes, calls },
    heard: [...heard].sort(),
    stop,
    ...{ refused: refused.first, moreRefused: refused.more },
    problems: [...problems],
  };
}
