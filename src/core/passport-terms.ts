/** What the configuration says of reviews, as far as checks go by it. */
export interface PassportTerms {
  /** Further globs of what steers agents, beside those that are known. */
  readonly control_plane: readonly string[];
  /** Further globs of what programs make. */
  readonly generated: readonly string[];
  readonly max_files: number;
  readonly max_lines: number;
  /** Commits that the base may be ahead. */
  readonly max_behind: number;
}
