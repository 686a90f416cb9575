import type { Config } from '../config/schema.ts';
import type { Facts } from '../core/facts.ts';
import type { Instant } from '../core/time.ts';
import type { Invocation } from './command-line.ts';
import { factsOf } from './facts-of.ts';
import { databaseOf } from './ledger-place.ts';
import { loadLocalConfig } from './load-config.ts';
import { DEFAULT_ADDRESS, LOCAL_REPO, openToRead } from './open-ledger.ts';
import { presentMoment } from './present-moment.ts';
import { readAhead } from './read-ahead.ts';
import type { LedgerState } from './state.ts';
import type { World } from './world.ts';

/** What a ledger knows at a moment, for commands that look and change nothing. */
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
