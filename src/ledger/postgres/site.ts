import type { SharedBooks } from '../../core/owner-use.ts';
import type { Tree } from '../tree-store.ts';
import type { Database } from './database.ts';
import type { Listed } from './files.ts';
import type { Projection } from './projection.ts';

export interface PostgresStoreOptions<State> {
  /** The repository of the ledger: the first part of every key. */
  readonly repo: string;
  /** The number of the state's shape, as used by the ledger over this store. */
  readonly format: number;
  readonly projection: Projection<State>;
  /** What the repository shares with the others of its owner, as far as it differs from `before`; nothing when left out. */
  readonly shares?: (before: State | null, after: State) => SharedBooks;
}

export interface Site<State> extends PostgresStoreOptions<State> {
  readonly database: Database;
  readonly place: string;
  readonly grounds: WeakMap<Tree, Ground>;
  /** True once the tables are known to exist. */
  furnished: boolean;
  /** The months whose partitions are known to exist. */
  readonly months: Set<string>;
  /** What was written last. */
  projected: Projected | null;
}

/** A state whose rollups are in the tables. */
export interface Projected {
  readonly version: string;
  readonly state: unknown;
}

/** What a tree was opened on. */
export interface Ground {
  readonly version: string | null;
  readonly files: ReadonlyMap<string, Listed>;
}

/** What a transaction has written to the ledger. */
export interface Written {
  readonly ground: Ground;
  readonly months: readonly string[];
  readonly checkpoint: Projected | null;
}
