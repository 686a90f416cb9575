import type { Config } from '../../config/schema.ts';
import { attempt } from '../../core/failure.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import { type LedgerOptions, openLedger } from '../ledger/open-ledger.ts';
import { isDatabase, ledgerAddressOf } from '../ledger/place.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { WAITING_BRANCH } from '../watch/waiting.ts';

/** Events that were set aside while the ledger's database was away. */
export interface WaitingEvents {
  readonly place: string;
  readonly events: number;
  /** When the first of them was learned. */
  readonly since: Instant;
  /** Why it is not known whether the ledger already has them; null when it is known to lack some. */
  readonly unsure: string | null;
}

/**
 * What waits in the branch for a ledger that was away; null when there is nothing, or the ledger has taken it in.
 * @throws OutsideFailure when the branch cannot be read.
 */
export async function waitingEvents(
  github: GitHub,
  { ledger }: Pick<Config, 'ledger'>,
  world: World,
): Promise<WaitingEvents | null> {
  const { repo } = github;
  const at: LedgerOptions = { world, now: world.now, repo, github };
  const waiting = await openLedger(`branch:${repo}@${WAITING_BRANCH}`, at);
  const { head } = await waiting.read();
  if (head === null) return null;
  const moved = await movedUpTo(ledgerAddressOf(repo, null, ledger, world), at);
  if (moved.known === head.hash) return null;
  const { events, since } = await countEvents(waiting);
  return events === 0 ? null : { place: waiting.place, events, since, unsure: moved.unsure };
}

interface Moved {
  /** The hash up to which the ledger has taken in the waiting events; null for none, or when it is not known. */
  readonly known: string | null;
  readonly unsure: string | null;
}

async function movedUpTo(address: string, at: LedgerOptions): Promise<Moved> {
  if (!isDatabase(address)) {
    return { known: null, unsure: 'the environment names no database: set CHECKREIN_DATABASE_URL to have it asked' };
  }
  const read = await attempt(async () => (await (await openLedger(address, at)).read()).state.moved);
  return read.ok ? { known: read.value, unsure: null } : { known: null, unsure: read.failure.message };
}

async function countEvents(ledger: Ledger<LedgerState>): Promise<Pick<WaitingEvents, 'events' | 'since'>> {
  let [events, since] = [0, ''];
  for await (const { seen } of ledger.events()) {
    events += 1;
    if (since === '' || seen < since) since = seen;
  }
  return { events, since };
}
