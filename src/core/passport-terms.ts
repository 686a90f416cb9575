/** The review settings that checks use. */
export interface PassportTerms {
  /** Additional globs for files that steer agents, besides the known ones. */
  readonly control_plane: readonly string[];
  /** Additional globs for generated files. */
  readonly generated: readonly string[];
  readonly max_files: number;
  readonly max_lines: number;
  /** How many commits the base may be ahead. */
  readonly max_behind: number;
}
