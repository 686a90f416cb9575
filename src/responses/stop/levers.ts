import { attempt, type Failure } from '../../core/failure.ts';
import type { HaltScope, LeverReceipt, Residue } from '../../core/halt.ts';
import { between, type Duration, type Instant, SECOND } from '../../core/time.ts';
import { residueOf } from './receipt.ts';

/** What a lever is pulled or let go for. */
export interface LeverOrder {
  readonly event: 'stop' | 'resume';
  readonly repo: string;
  /** Number of the stop; null where no ledger counts it. */
  readonly generation: number | null;
  /** Of the stop, also where it is let go. */
  readonly scope: HaltScope;
  /** Names of the agents that are stopped, or that come back. Text from outside. */
  readonly agents: readonly string[];
  /** Inert wherever it is shown. */
  readonly reason: string;
  /** When it was decided; the same for everyone who goes on with the same stop. */
  readonly at: Instant;
}

/** Something beside the switches of GitHub Actions that a stop pulls and a resume lets go. */
export interface Lever {
  readonly kind: LeverReceipt['kind'];
  /** Whether it can see how it stands, so that asking twice does nothing twice. */
  readonly looks: boolean;
  readonly isFor: (order: LeverOrder) => boolean;
  /** May be asked the same again. @throws OutsideFailure without anything that must stay secret. */
  readonly ask: (order: LeverOrder) => Promise<void>;
}

/** What became of the levers. */
export interface PulledLevers {
  readonly levers: readonly LeverReceipt[];
  readonly residue: readonly Residue[];
}

export interface LeverWork {
  readonly levers: readonly Lever[];
  readonly order: LeverOrder;
  /** What an earlier process was answered for the same order. */
  readonly known: readonly LeverReceipt[];
  /** No try begins later. */
  readonly until: Instant;
  readonly now: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
}

const TRIES = 5;
/** Doubles from try to try: half a minute in all. */
const PAUSE: Duration = 2 * SECOND;

/** Pulls all levers at once, or lets them go. Each is tried on its own; what fails is residue, and the next round tries it again. */
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
