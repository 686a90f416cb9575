import type { OwnerQuarter, OwnerQuery, OwnerUse } from '../core/owner-use.ts';
import type { Instant } from '../core/time.ts';

/** Files as they were at one moment. */
export interface Tree {
  /** Changes whenever anything is committed. */
  readonly version: string;
  /** Sizes in bytes by path with forward slashes. */
  readonly files: ReadonlyMap<string, number>;
  /** @throws OutsideFailure when the file is gone or cannot be read. */
  read(path: string): Promise<Uint8Array>;
  /** Some bytes of a file, fewer at its end. Left out where a file comes whole anyway. @throws as `read` does. */
  readonly readPart?: (path: string, from: number, to: number) => Promise<Uint8Array>;
}

/** The first `keep` bytes of the file stay, `bytes` follow them. `keep: 0` replaces or makes the file; `null` takes it away. */
export interface TreeChange {
  readonly path: string;
  readonly keep: number;
  readonly bytes: Uint8Array | null;
}

export type CommitResult = { readonly kind: 'committed'; readonly tree: Tree } | { readonly kind: 'conflict' };

/** A place for files with compare-and-swap: all that a ledger needs of a folder, a git branch or memory. */
export interface TreeStore {
  /** True where a file of an opened tree may be replaced under its reader; left out where trees stay as they were opened. */
  readonly shifts?: true;
  readonly place: string;
  /** An empty tree where nothing was written yet. */
  open(): Promise<Tree>;
  /** Makes all changes at once, or none: `conflict` when something was committed after `base` was opened. */
  commit(base: Tree, changes: readonly TreeChange[], message: string): Promise<CommitResult>;
  /**
   * The same, and what the files were before need not be kept. Left out where nothing is kept anyway.
   * @throws OutsideFailure of kind `forbidden` or `unsupported` where history may not be dropped; nothing is changed then.
   */
  readonly commitAfresh?: TreeStore['commit'];
  /** The other repositories of the same owner. Left out where a place knows one only. */
  readonly owner?: OwnerStore;
}

/** A place that holds the ledgers of many repositories, as one of them sees it. */
export interface OwnerStore {
  /** @throws OutsideFailure when the place cannot be read. */
  read(queries: readonly OwnerQuery[]): Promise<readonly OwnerUse[]>;
  /** As `OwnerLedgers.quarters`. */
  quarters(since: Instant): Promise<readonly OwnerQuarter[]>;
  /**
   * Commits where `may` says so of what the others use at that moment, at which nobody else can commit in this way: `conflict` where it
   * does not.
   */
  commit(base: Tree, changes: readonly TreeChange[], terms: OwnerTerms): Promise<CommitResult>;
}

/** Under what a commit is made. */
export interface OwnerTerms {
  readonly queries: readonly OwnerQuery[];
  readonly may: (uses: readonly OwnerUse[]) => boolean;
}
