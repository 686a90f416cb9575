import { matchesGlob } from '../../core/glob.ts';
import { inFile, ofAll, pathsOf } from '../lines.ts';
import type { Found, Matter, ReviewCheck } from '../matter.ts';

/** A change by a read-only agent, or of files that the agent may not touch. */
export const SCOPE_PATHS: ReviewCheck = {
  name: 'scope-path',
  title: 'Outside of its scope',
  question: 'Does it change a file, or move one from or to a place, that `scope.paths` of its agent leaves out?',
  remedy: 'Reject it, or widen `scope.paths` when the agent should do this.',
  find: ({ files, agentTerms: { scope } }) => {
    if (scope?.read_only === true) {
      return files.length === 0 ? [] : [ofAll('critical', 'Its agent may only read, and this changes files.')];
    }
    const paths = scope?.paths;
    if (paths === undefined) return [];
    return files.flatMap((file) =>
      pathsOf(file)
        // Compared literally: only what the configuration names is inside, look-alikes are not.
        .filter((path) => !paths.some((glob) => matchesGlob(glob, path)))
        .slice(0, 1)
        .map((path) => inFile('high', file, null, outside(path === file.path, file.status))),
    );
  },
};

function outside(isHere: boolean, status: string): string {
  if (!isHere) return 'It comes from a place outside of what its agent may touch.';
  return status === 'removed'
    ? 'It is deleted, and lies outside of what its agent may touch.'
    : 'It lies outside of what its agent may touch.';
}

/** More than the agent may change, or more than anybody reviews carefully. */
export const SCOPE_SIZE: ReviewCheck = {
  name: 'scope-size',
  title: 'Larger than it may be',
  question: 'Does it change more files or lines than `scope` of its agent allows, or than people can read with care?',
  remedy: 'Ask for smaller changes, one purpose each.',
  find: ({ files, agentTerms: { scope }, terms }) => {
    const lines = files.reduce((sum, { additions, deletions }) => sum + additions + deletions, 0);
    return [
      ...tooMany(files.length, 'files', scope?.max_files, terms.max_files),
      ...tooMany(lines, 'lines', scope?.max_lines, terms.max_lines),
    ];
  },
};

function tooMany(count: number, what: string, allowed: number | undefined, usual: number): readonly Found[] {
  if (allowed !== undefined && count > allowed) {
    return [ofAll('high', `${count} ${what} change; its agent may change ${allowed}.`)];
  }
  return count > usual ? [ofAll('medium', `${count} ${what} change; people read about ${usual} with care.`)] : [];
}

/** Fewer deleted files than this are everyday work. */
const MANY_FILES = 10;
const MANY_LINES = 200;
/** How many times more lines must be removed than added. */
const FAR_MORE = 5;

/** Much is deleted. */
export const SCOPE_DELETIONS: ReviewCheck = {
  name: 'scope-deletions',
  title: 'Much is deleted',
  question: 'Does it delete many files, or far more lines than it adds?',
  remedy: 'Look at what goes, and whether anything still needs it.',
  find: ({ files }: Matter) => {
    const gone = files.filter(({ status }) => status === 'removed');
    const added = files.reduce((sum, { additions }) => sum + additions, 0);
    const deleted = files.reduce((sum, { deletions }) => sum + deletions, 0);
    if (gone.length >= MANY_FILES) return [ofAll('high', `${gone.length} files are deleted.`)];
    return deleted >= MANY_LINES && deleted >= FAR_MORE * added
      ? [ofAll('medium', `${deleted} lines go and ${added} come.`)]
      : [];
  },
};
