import { existsSync } from 'node:fs';
import { OutsideFailure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { type LedgerAddress, parseLedgerAddress } from '../../ledger/address.ts';
import type { Ledger } from '../../ledger/port.ts';
import { treeLedger } from '../../ledger/tree-ledger.ts';
import type { TreeStore } from '../../ledger/tree-store.ts';
import { connect } from '../shell/connect.ts';
import { UsageError, type World } from '../shell/world.ts';
import { type LedgerState, mayLag, STATE_TERMS, stateFold } from '../state.ts';
import { signedLedger } from './signed-ledger.ts';

/** Where the CLI keeps its ledger by default. */
export const DEFAULT_ADDRESS = 'dir:.checkrein';

export interface LedgerOptions {
  readonly world: World;
  /** The moment that the ledger's own reports carry. */
  readonly now: () => Instant;
  /** The watched repository, if there is one. */
  readonly repo: string | null;
  /** A connection to that repository, reused when the ledger is a branch of it. */
  readonly github: GitHub | null;
}

/**
 * Opens the ledger at an address of the form that `--ledger` takes.
 * @throws UsageError when the address cannot be understood.
 */
export async function openLedger(address: string, options: LedgerOptions): Promise<Ledger<LedgerState>> {
  const parsed = parseLedgerAddress(address);
  if (!parsed.ok) throw new UsageError(`${parsed.failure.message}. ${parsed.failure.remedy}.`);
  return await signedLedger(ledgerAt(await storeAt(parsed.value, options), parsed.value, options), options.world);
}

/**
 * Opens a ledger for a command that only reads. A typo in a path must not look like an empty history.
 * @throws UsageError like `openLedger`.
 * @throws OutsideFailure when a ledger's folder does not exist.
 */
export async function openToRead(address: string, options: LedgerOptions): Promise<Ledger<LedgerState>> {
  const parsed = parseLedgerAddress(address);
  if (parsed.ok && parsed.value.kind === 'directory' && !existsSync(parsed.value.path)) {
    throw noLedgerAt(`dir:${parsed.value.path}`, 'the folder is not there');
  }
  return await openLedger(address, options);
}

/** The failure of a command that has nothing to work on. A ledger has at least one batch: `watch` makes it with what it found. */
export function noLedgerAt(place: string, why: string): OutsideFailure {
  return new OutsideFailure({
    kind: 'not_found',
    message: `There is no ledger at ${plainLine(place, 300)}: ${why}`,
    remedy: 'Check the address that --ledger names, or the folder that you are in; `checkrein watch` makes a ledger',
    retry: false,
  });
}

/** The ledger over a store that was opened at an address. */
export function ledgerAt(
  store: TreeStore,
  address: LedgerAddress,
  { repo, now, world }: Pick<LedgerOptions, 'repo' | 'now' | 'world'>,
): Ledger<LedgerState> {
  return treeLedger(store, stateFold, {
    repo: repo ?? repoOf(address),
    now,
    sleep: world.sleep,
    ...STATE_TERMS,
    // A database's tables are updated from the written checkpoint, and they say what others may spend.
    ...(address.kind === 'postgres' ? {} : { mayLag }),
  });
}

/** A warning about a ledger that does not outlive a GitHub Actions job; null for none. */
export function shortLived(address: string, { env }: Pick<World, 'env'>): string | null {
  const parsed = parseLedgerAddress(address);
  if (env['GITHUB_ACTIONS'] !== 'true' || !parsed.ok) return null;
  const { kind } = parsed.value;
  if (kind === 'branch' || kind === 'postgres') return null;
  const where = kind === 'memory' ? 'in memory' : 'in a folder of the runner';
  return (
    `The ledger is ${where} and ends with it: the next job knows nothing of what this one did, not even of a stop. Leave ` +
    '`ledger` out of the configuration, or name a branch.'
  );
}

/** The repository name used when session files are watched without a repository. */
export const LOCAL_REPO = 'local';

function repoOf(address: LedgerAddress): string {
  const named = address.kind === 'branch' || address.kind === 'postgres' ? address.repo : null;
  return named ?? LOCAL_REPO;
}

/** Opens the place at an address. Nothing is written yet. */
export async function storeAt(
  address: LedgerAddress,
  { world, github, repo }: Pick<LedgerOptions, 'world' | 'github' | 'repo'>,
): Promise<TreeStore> {
  switch (address.kind) {
    case 'memory':
      return (await import('../../ledger/memory-store.ts')).memoryStore();
    case 'directory':
      return (await import('../../ledger/directory-store.ts')).directoryStore(address.path);
    case 'branch': {
      const { gitBranchStore } = await import('../../ledger/git-branch-store.ts');
      const at = github?.repo === address.repo ? github : await connect(address.repo, world, null);
      return gitBranchStore(at.git, address);
    }
    case 'postgres':
      return await (await import('./postgres-ledger.ts')).postgresStoreAt(address, address.repo ?? repo, world);
    default:
      return address satisfies never;
  }
}
