import { existsSync } from 'node:fs';
import { glob } from 'tinyglobby';

/** The files of paths and globs, without duplicates, and a sentence for each pattern without a match. */
export interface MatchingFiles {
  readonly paths: readonly string[];
  readonly unmatched: readonly string[];
}

/** An existing path is used as it is, even if its name looks like a glob. */
export async function matchingFiles(patterns: readonly string[]): Promise<MatchingFiles> {
  const paths = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const matches = existsSync(pattern) ? [pattern] : await glob(pattern, { dot: true, expandDirectories: false });
    if (matches.length === 0) unmatched.push(`${pattern}: no file matches`);
    for (const match of matches.sort()) paths.add(match);
  }
  return { paths: [...paths], unmatched };
}
