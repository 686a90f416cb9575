import type { Instant } from '../core/time.ts';
import type { GitHub } from '../github/port.ts';
import { type LedgerAddress, parseLedgerAddress } from '../ledger/address.ts';
import type { Ledger } from '../ledger/port.ts';
import { treeLedger } from '../ledger/tree-ledger.ts';
import type { TreeStore } from '../ledger/tree-store.ts';
import { connect } from './connect.ts';
import { signedLedger } from './signed-ledger.ts';
import { type LedgerState, STATE_TERMS, stateFold } from './state.ts';
import { UsageError, type World } from './world.ts';

/** Where the CLI keeps its ledger when nothing else is said. */
export const DEFAULT_ADDRESS = 'dir:.checkrein';

export interface LedgerOptions {
  readonly world: World;
  /** The moment that the ledger's own reports carry. */
  readonly now: () => Instant;
  /** The watched repository, where there is one. */
  readonly repo: string | null;
  /** A connection to that repository, used again when the ledger is a branch of it. */
  readonly github: GitHub | null;
}

/**
 * Opens the ledger at an address of the form that `--ledger` takes.
 * @throws UsageError when the address cannot be understood.
 */
export async function openLedger(address: string, options: LedgerOptions): Promise<Ledger<LedgerState>> {
  const parsed = parseLedgerAddress(address);
  if (!parsed.ok) throw new UsageError(`${parsed.failure.message}. ${parsed.failure.remedy}.`);
  const store = await openStore(parsed.value, options);
  const repo = options.repo ?? (parsed.value.kind === 'branch' ? parsed.value.repo : LOCAL_REPO);
  const ledger = treeLedger(store, stateFold, {
    repo,
    now: options.now,
    sleep: options.world.sleep,
    ...STATE_TERMS,
  });
  return await signedLedger(ledger, options.world);
}

/** What stands for the repository where session files are watched without one. */
export const LOCAL_REPO = 'local';

async function openStore(address: LedgerAddress, { world, github }: LedgerOptions): Promise<TreeStore> {
  switch (address.kind) {
    case 'memory':
      return (await import('../ledger/memory-store.ts')).memoryStore();
    case 'directory':
      return (await import('../ledger/directory-store.ts')).directoryStore(address.path);
    case 'branch': {
      const { gitBranchStore } = await import('../ledger/git-branch-store.ts');
      const at = github?.repo === address.repo ? github : await connect(address.repo, world, null);
      return gitBranchStore(at.git, address);
    }
    default:
      return address satisfies never;
  }
}
