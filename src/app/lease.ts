import { judgeLease, type LeaseAnswer, type LeaseRequest, leaseId } from '../budgets/lease.ts';
import { ownerQueries } from '../budgets/others.ts';
import type { Config } from '../config/schema.ts';
import type { Amounts, Errand } from '../core/budget.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import { attempt, OutsideFailure } from '../core/failure.ts';
import { agentSubject } from '../core/subject.ts';
import { type Duration, type Instant, SECOND } from '../core/time.ts';
import type { Appended, Ledger } from '../ledger/port.ts';
import { NOTHING_READ, type ReadAhead } from '../metrics/measured-series.ts';
import { factsOf } from './facts-of.ts';
import type { LedgerState } from './state.ts';

/** With what leases are taken and settled. */
export interface LeaseDesk {
  readonly repo: string;
  readonly now: Instant;
  readonly config: Pick<Config, 'budgets'>;
  readonly ledger: Ledger<LedgerState>;
  readonly sleep: (duration: Duration) => Promise<void>;
}

/**
 * Takes a lease from every budget that the work falls under, or from none. However many ask at once, what is reserved and spent
 * together never goes beyond an allowance: each answer is given to the state that the ledger has when the lease is written, and where
 * a budget is of an organisation, to what its other repositories use at that moment.
 * @throws OutsideFailure when the ledger cannot be read or written: then nothing was reserved.
 */
export async function takeLease(desk: LeaseDesk, request: LeaseRequest): Promise<LeaseAnswer> {
  const { repo, now, config } = desk;
  const given: { answer: LeaseAnswer | null } = { answer: null };
  const decide = (state: LedgerState, others: ReadAhead['others']): readonly LedgerEvent[] => {
    const facts = factsOf(state, repo, now, { ...NOTHING_READ, others });
    given.answer = judgeLease(facts, config.budgets, request, now);
    const { lease } = given.answer;
    return lease === null ? [] : [{ ...base(desk, lease.agent, lease.id), kind: 'lease.taken', data: { lease } }];
  };
  const asked = ownerQueries(config.budgets, now);
  const { append, owner } = desk.ledger;
  await untilWritten(desk, () =>
    owner === undefined || asked.length === 0 ? append((state) => decide(state, null)) : owner.append(asked, decide),
  );
  if (given.answer === null) throw new Error('the ledger did not ask what to append');
  return given.answer;
}

/**
 * Says what the work of a lease came to; null where that is not known. It frees what was reserved beyond. Doing it twice changes
 * nothing, and where no lease was taken there is nothing to settle.
 * @throws OutsideFailure when the ledger cannot be read or written: the lease then ends with its time.
 */
export async function settleLease(desk: LeaseDesk, errand: Errand, spent: Amounts): Promise<boolean> {
  const id = leaseId(errand);
  const { state } = await untilWritten(desk, () =>
    desk.ledger.append((before) => settlement(desk, before, errand, spent)),
  );
  return state.budgets.leases[id]?.closed?.how === 'settled';
}

/** What is to be written down of work that is over: nothing where no lease was taken, or where it was settled before. Pure. */
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

/** A hundred jobs that start at once all want to write: whoever comes too late each time waits and tries again. */
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

/** What is to be written down of leases that hold nothing any more although nobody settled them. Pure. */
export function expiredLeases(
  state: LedgerState,
  { repo, now }: Pick<LeaseDesk, 'repo' | 'now'>,
): readonly LedgerEvent[] {
  const { attempts, leases } = factsOf(state, repo, now).budgets();
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
