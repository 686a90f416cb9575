import { admit } from '../../admission/admit.ts';
import type { Amounts } from '../../core/budget.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import type { Admission, GateAnswer } from '../../core/guard.ts';
import { agentSubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { Ledger } from '../../ledger/port.ts';
import { settlement } from '../ledger/lease.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { connect, STOP_CALLS } from '../shell/connect.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import type { Guarded, GuardOrder } from './guard.ts';

/** An agent that was not allowed to start used nothing. */
const NOTHING: Amounts = { usd: 0, tokens: 0, minutes: 0 };

/**
 * Decides once more, with an answer that arrived only after the decision. If the agent may not start after all, what the first
 * decision reserved is given back; the ledger holds both decisions. If that cannot be written, the lease stays with the job,
 * whose end settles it.
 */
export async function guardAgain(
  order: GuardOrder,
  before: Guarded,
  answer: GateAnswer,
  world: World,
): Promise<Guarded> {
  const at = world.now();
  const given = { ...before.given, at, answers: [...before.given.answers, answer] };
  const admission = admit(given);
  const again = { ...before, given, admission };
  if (before.ledger === null) return again;
  const { ledger: address } = before;
  const written = await attempt(async () => {
    const ledger = await ledgerAt(address, order.repo, at, world);
    await ledger.append((state) => eventsOf(order.repo, before, admission, state));
  });
  if (written.ok) return again;
  const { message, remedy } = written.failure;
  const note = `That decision could not be written into the ledger, which holds the one before it: ${message}. ${remedy}`;
  return {
    ...again,
    admission: { ...admission, lease: before.admission.lease },
    notes: [...before.notes, note],
  };
}

async function ledgerAt(address: string, repo: string, at: Instant, world: World): Promise<Ledger<LedgerState>> {
  const github = address.startsWith('branch:') ? await connect(repo, world, null, STOP_CALLS) : null;
  return await openLedger(address, { world, now: () => at, repo, github });
}

/** A lease taken by an earlier step of the job is that step's to settle. */
function eventsOf(
  repo: string,
  { given: first, admission: { lease } }: Guarded,
  admission: Admission,
  state: LedgerState,
): readonly LedgerEvent[] {
  const { errand, at } = admission;
  const isOurs = lease !== null && state.budgets.leases[lease]?.at === first.at;
  const key = [errand.run, errand.attempt, errand.agent, errand.job ?? '', at].join(':');
  return [
    ...(isOurs && admission.lease === null ? settlement({ repo, now: at }, state, errand, NOTHING) : []),
    {
      ...{ v: 1, id: `guard:${key}:again`, at, seen: at, repo, subject: agentSubject(errand.agent) },
      kind: 'guard.decided',
      data: { admission },
    },
  ];
}
