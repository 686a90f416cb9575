import type { Config } from '../../config/schema.ts';
import type { Facts } from '../../core/facts.ts';
import type { Instant } from '../../core/time.ts';
import { readAhead } from '../judge/read-ahead.ts';
import { factsOf } from '../ledger/facts-of.ts';
import { DEFAULT_ADDRESS, LOCAL_REPO, openToRead } from '../ledger/open-ledger.ts';
import { databaseOf } from '../ledger/place.ts';
import type { Invocation } from '../shell/flags.ts';
import { loadLocalConfig } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';

/** What a ledger knows at a moment, for read-only commands. */
export interface LedgerLook {
  readonly config: Config;
  readonly warnings: readonly string[];
  readonly state: LedgerState;
  readonly facts: Facts;
  readonly now: Instant;
  readonly repo: string;
}

/** Reads the ledger of `--ledger` with the configuration of `--config`, as `watch` would judge it now. */
export async function lookIntoLedger(invocation: Invocation, world: World): Promise<LedgerLook> {
  const now = presentMoment(invocation.value('now'), world);
  const { config, warnings } = await loadLocalConfig(invocation.value('config'));
  const address = invocation.value('ledger') ?? databaseOf(world) ?? config.ledger ?? DEFAULT_ADDRESS;
  const ledger = await openToRead(address, { world, now: () => now, repo: null, github: null });
  const { state } = await ledger.read();
  const repo = state.watched ?? LOCAL_REPO;
  const ahead = await readAhead({ repo, now, config, ledger }, state);
  const facts = factsOf(state, repo, now, ahead);
  return { config, warnings, state, facts, now, repo };
}
