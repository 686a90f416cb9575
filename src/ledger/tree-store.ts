import type { OwnerQuarter, OwnerQuery, OwnerUse } from '../core/owner-use.ts';
import type { Instant } from '../core/time.ts';

/** Files as they were at one moment. */
export interface Tree {
  /** Changes whenever anything is committed. */
  readonly version: string;
  /** Sizes in bytes by path with forward slashes. */
  readonly files: ReadonlyMap<string, number>;
  /** @throws OutsideFailure when the file is gone or unreadable. */
  read(path: string): Promise<Uint8Array>;
  /** Some bytes of a file, fewer at its end. Left out where only whole files can be read. @throws like `read`. */
  readonly readPart?: (path: string, from: number, to: number) => Promise<Uint8Array>;
}

/**
 * Keeps the first `keep` bytes of the file and puts `bytes` after them. `keep: 0` replaces or creates the file; `null`
 * removes it.
 */
export interface TreeChange {
  readonly path: string;
  readonly keep: number;
  readonly bytes: Uint8Array | null;
}

export type CommitResult = { readonly kind: 'committed'; readonly tree: Tree } | { readonly kind: 'conflict' };

/** A place for files with compare-and-swap: all that a ledger needs from a folder, a git branch or memory. */
export interface TreeStore {
  /** True where a file of an opened tree may be replaced while being read; left out where trees stay as they were opened. */
  readonly shifts?: true;
  readonly place: string;
  /** An empty tree if nothing was written yet. */
  open(): Promise<Tree>;
  /** Makes all changes or none: `conflict` when something was committed after `base` was opened. */
  commit(base: Tree, changes: readonly TreeChange[], message: string): Promise<CommitResult>;
  /**
   * Like `commit`, but the history of the files need not be kept. Left out where there is none. @throws OutsideFailure of
   * kind `forbidden` or `unsupported` where history may not be dropped; nothing is changed then.
   */
  readonly commitAfresh?: TreeStore['commit'];
  /** The other repositories of the same owner. Left out where a place has only one. */
  readonly owner?: OwnerStore;
}

/** A place with the ledgers of many repositories, as seen by one of them. */
export interface OwnerStore {
  /** @throws OutsideFailure when the place cannot be read. */
  read(queries: readonly OwnerQuery[]): Promise<readonly OwnerUse[]>;
  /** Like `OwnerLedgers.quarters`. */
  quarters(since: Instant): Promise<readonly OwnerQuarter[]>;
  /**
   * Commits if `may` allows it for the others' use at that moment, while nobody else can commit in this way; otherwise
   * `conflict`.
   */
  commit(base: Tree, changes: readonly TreeChange[], terms: OwnerTerms): Promise<CommitResult>;
}

/** The conditions of a commit. */
export interface OwnerTerms {
  readonly queries: readonly OwnerQuery[];
  readonly may: (uses: readonly OwnerUse[]) => boolean;
}
