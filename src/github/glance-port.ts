import type { RemoteCommit, TreeEntry } from './remote.ts';

/** What one request shows of a repository: a file of its default branch, and a whole branch. */
export interface Glance {
  /** Null when there is no such file. */
  readonly file: Uint8Array | null;
  /** Null when there is no such branch. */
  readonly branch: SeenBranch | null;
}

/** A branch as it was at one commit. */
export interface SeenBranch {
  readonly at: RemoteCommit;
  readonly files: readonly TreeEntry[];
  /** By blob: the content of the requested files that came whole, each verified by its blob id. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Reads at once what otherwise takes several requests. */
export interface GlanceApi {
  /**
   * `within`: paths on the branch whose content is wanted too.
   * @throws OutsideFailure when GitHub refuses or returns only a part. The separate requests must then be made.
   */
  glance(path: string, branch: string, within: readonly string[]): Promise<Glance>;
}
