import { attempt, type Failure } from '../../core/failure.ts';
import type { HaltScope, LeverReceipt, Residue } from '../../core/halt.ts';
import { between, type Duration, type Instant, SECOND } from '../../core/time.ts';
import { residueOf } from './receipt.ts';

/** Why a lever is pulled or released. */
export interface LeverOrder {
  readonly event: 'stop' | 'resume';
  readonly repo: string;
  /** Number of the stop; null when no ledger counts it. */
  readonly generation: number | null;
  /** Of the stop, also when it is released. */
  readonly scope: HaltScope;
  /** Names of the agents that are stopped or resumed. Text from outside. */
  readonly agents: readonly string[];
  /** Inert wherever it is shown. */
  readonly reason: string;
  /** When it was decided; the same for every process that continues the same stop. */
  readonly at: Instant;
}

/** Something besides GitHub Actions' own switches that a stop pulls and a resume releases. */
export interface Lever {
  readonly kind: LeverReceipt['kind'];
  /** Whether it can check its state, so that repeating a request has no further effect. */
  readonly looks: boolean;
  readonly isFor: (order: LeverOrder) => boolean;
  /** May be called again with the same order. @throws OutsideFailure without anything that must stay secret. */
  readonly ask: (order: LeverOrder) => Promise<void>;
}

/** The results of moving the levers. */
export interface PulledLevers {
  readonly levers: readonly LeverReceipt[];
  readonly residue: readonly Residue[];
}

export interface LeverWork {
  readonly levers: readonly Lever[];
  readonly order: LeverOrder;
  /** The answers that an earlier process got for the same order. */
  readonly known: readonly LeverReceipt[];
  /** No try starts later. */
  readonly until: Instant;
  readonly now: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
}

const TRIES = 5;
/** Doubles with every try: half a minute in all. */
const PAUSE: Duration = 2 * SECOND;

/**
 * Pulls or releases all levers at once. Each is tried on its own. What fails is residue, and the next round tries it again.
 */
export async function moveLevers(work: LeverWork): Promise<PulledLevers> {
  const moved = await Promise.all(
    work.levers.filter((lever) => lever.isFor(work.order)).map((lever) => moveLever(lever, work)),
  );
  return {
    levers: moved.map(({ receipt }) => receipt),
    residue: moved.flatMap(({ receipt, failure }) =>
      failure === null ? [] : [residueOf('lever', receipt.kind, failure)],
    ),
  };
}

interface MovedLever {
  readonly receipt: LeverReceipt;
  /** Null when it worked. */
  readonly failure: Failure | null;
}

async function moveLever(lever: Lever, work: LeverWork): Promise<MovedLever> {
  const { kind } = lever;
  const before = work.known.find((receipt) => receipt.kind === kind);
  if (!lever.looks && before?.answer === 'accepted') return { receipt: before, failure: null };
  for (let tries = 1; ; tries++) {
    const at = work.now();
    const result = await attempt(() => lever.ask(work.order));
    if (result.ok) return { receipt: { kind, at, answer: 'accepted' }, failure: null };
    const { failure } = result;
    const pause = Math.max(failure.retryAfter ?? 0, PAUSE * 2 ** (tries - 1));
    if (!failure.retry || tries === TRIES || between(work.now(), work.until) <= pause) {
      return { receipt: { kind, at, answer: failure.retry ? 'failed' : 'refused' }, failure };
    }
    await work.sleep(pause);
  }
}
