import type { RemoteCommit, TreeEntry } from './port.ts';

/** What one request shows of a repository: a file of its default branch, and a whole branch beside it. */
export interface Glance {
  /** Null when there is no such file. */
  readonly file: Uint8Array | null;
  /** Null when there is no such branch. */
  readonly branch: { readonly at: RemoteCommit; readonly files: readonly TreeEntry[] } | null;
}

/** Sees at once what takes several requests otherwise. */
export interface GlanceApi {
  /** @throws OutsideFailure when GitHub refuses, or shows less than the whole: then the single requests have to be made. */
  glance(path: string, branch: string): Promise<Glance>;
}
