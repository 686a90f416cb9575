import { judgeLease, type LeaseAnswer, type LeaseRequest, leaseId } from '../../budgets/lease.ts';
import { ownerQueries } from '../../budgets/others.ts';
import type { Config } from '../../config/schema.ts';
import type { Amounts, Errand, Lease } from '../../core/budget.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Facts } from '../../core/facts.ts';
import { attempt, OutsideFailure } from '../../core/failure.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, type Duration, type Instant, latest, MINUTE, SECOND } from '../../core/time.ts';
import type { Appended, Ledger } from '../../ledger/port.ts';
import { NOTHING_READ, type ReadAhead } from '../../metrics/measured-series.ts';
import type { LedgerState } from '../state.ts';
import { factsOf } from './facts-of.ts';

/** What is needed to take and settle leases. */
export interface LeaseDesk {
  readonly repo: string;
  readonly now: Instant;
  readonly config: Pick<Config, 'budgets'>;
  readonly ledger: Ledger<LedgerState>;
  readonly sleep: (duration: Duration) => Promise<void>;
}

/**
 * Takes a lease from every budget the work falls under, or from none. However many ask at once, reserved and spent amounts
 * together never exceed an allowance: each answer is based on the state the ledger has when the lease is written and, for budgets
 * of an organisation, on what its other repositories use at that moment.
 * @throws OutsideFailure when the ledger cannot be read or written: then nothing was reserved.
 */
export async function takeLease(desk: LeaseDesk, request: LeaseRequest): Promise<LeaseAnswer> {
  return await decideInLedger(desk, ({ facts, now }) => {
    const answer = judgeLease(facts, desk.config.budgets, request, now);
    return { value: answer, events: answer.lease === null ? [] : [leaseTaken(desk.repo, answer.lease)] };
  });
}

/** What a decision is based on. */
export interface Evidence {
  readonly state: LedgerState;
  readonly facts: Facts;
  /** The moment of the decision: no known lease was taken after it. */
  readonly now: Instant;
}

/** What was decided on a state of the ledger, and what to write down about it. */
export interface Decided<T> {
  readonly value: T;
  readonly events: readonly LedgerEvent[];
}

/**
 * Decides on the state the ledger has when the result is written, and on what the other repositories of an organisation use at
 * that moment. Returns the last decision, which is the one that was written. `decide` is pure: it is asked again when others were
 * faster.
 * @throws OutsideFailure when the ledger cannot be read or written: then nothing was.
 */
export async function decideInLedger<T>(desk: LeaseDesk, decide: (evidence: Evidence) => Decided<T>): Promise<T> {
  const { repo, config } = desk;
  const given: { decided: Decided<T> | null } = { decided: null };
  const eventsOf = (state: LedgerState, others: ReadAhead['others']): readonly LedgerEvent[] => {
    const now = momentOf(state, desk.now);
    given.decided = decide({ state, facts: factsOf(state, repo, now, { ...NOTHING_READ, others }), now });
    return given.decided.events;
  };
  const asked = ownerQueries(config.budgets, desk.now);
  const { append, owner } = desk.ledger;
  await untilWritten(desk, () =>
    owner === undefined || asked.length === 0
      ? append((state) => eventsOf(state, null))
      : owner.append(asked, eventsOf),
  );
  if (given.decided === null) throw new Error('the ledger did not ask what to append');
  return given.decided.value;
}

/** Clocks of runners differ by less than this. */
const SKEW: Duration = 10 * MINUTE;

/** A runner with a slow clock must not overlook what others have just reserved. A clock that is far ahead is not followed. */
function momentOf({ budgets }: LedgerState, now: Instant): Instant {
  const most = after(now, SKEW);
  return Object.values(budgets.leases).reduce((last, { at }) => (at <= most ? latest(last, at) : last), now);
}

/** Records that a lease was taken. */
export function leaseTaken(repo: string, lease: Lease): EventOf<'lease.taken'> {
  return { ...base({ repo, now: lease.at }, lease.agent, lease.id), kind: 'lease.taken', data: { lease } };
}

/**
 * Records what the work of a lease came to; null when that is not known. Frees whatever was reserved beyond that. Doing it twice
 * changes nothing, and without a lease there is nothing to settle.
 * @throws OutsideFailure when the ledger cannot be read or written: the lease then ends with its time.
 */
export async function settleLease(desk: LeaseDesk, errand: Errand, spent: Amounts): Promise<boolean> {
  const id = leaseId(errand);
  const { state } = await untilWritten(desk, () =>
    desk.ledger.append((before) => settlement(desk, before, errand, spent)),
  );
  return state.budgets.leases[id]?.closed?.how === 'settled';
}

/** What to record about finished work: nothing if no lease was taken, or if it was already settled. Pure. */
export function settlement(
  desk: Pick<LeaseDesk, 'repo' | 'now'>,
  { budgets }: LedgerState,
  errand: Errand,
  spent: Amounts,
): readonly EventOf<'lease.settled'>[] {
  const id = leaseId(errand);
  const lease = Object.hasOwn(budgets.leases, id) ? budgets.leases[id] : undefined;
  if (lease === undefined || lease.closed?.how === 'settled') return [];
  return [{ ...base(desk, errand.agent, `${id}:settled`), kind: 'lease.settled', data: { lease: id, spent } }];
}

/** A hundred jobs that start at once all want to write. Those that come too late wait and try again. */
const ROUNDS = 10;
const BETWEEN_ROUNDS: Duration = 2 * SECOND;

async function untilWritten(
  { sleep }: Pick<LeaseDesk, 'sleep'>,
  write: () => Promise<Appended<LedgerState>>,
): Promise<Appended<LedgerState>> {
  for (let round = 1; ; round++) {
    const written = await attempt(write);
    if (written.ok) return written.value;
    if (written.failure.kind !== 'conflict' || round === ROUNDS) throw new OutsideFailure(written.failure);
    await sleep(BETWEEN_ROUNDS);
  }
}

/** What to record about leases that hold nothing any more although nobody settled them. Pure. */
export function expiredLeases(
  facts: Pick<Facts, 'budgets'>,
  { repo, now }: Pick<LeaseDesk, 'repo' | 'now'>,
): readonly LedgerEvent[] {
  const { attempts, leases } = facts.budgets();
  const ended = new Set(attempts.flatMap(({ run, attempt, endedAt }) => (endedAt === null ? [] : `${run}.${attempt}`)));
  return leases.flatMap((lease): readonly EventOf<'lease.expired'>[] => {
    if (lease.closed !== null) return [];
    const hasEnded = ended.has(`${lease.run}.${lease.attempt}`);
    if (!hasEnded && now < lease.until) return [];
    const because = hasEnded ? 'run_ended' : 'time_is_up';
    const event = base({ repo, now }, lease.agent, `${lease.id}:expired`);
    return [{ ...event, kind: 'lease.expired', data: { lease: lease.id, because } }];
  });
}

function base(
  { repo, now }: Pick<LeaseDesk, 'repo' | 'now'>,
  agent: string,
  id: string,
): Pick<LedgerEvent, 'v' | 'id' | 'at' | 'seen' | 'repo' | 'subject'> {
  return { v: 1, id, at: now, seen: now, repo, subject: agentSubject(agent) };
}
