import { keptName } from '../../core/redact.ts';
import { foldedPath } from '../../core/text.ts';
import { inFile, shownPath } from '../lines.ts';
import type { Found, ReadFile, ReviewCheck } from '../matter.ts';

const LINK = '120000';
const SUBMODULE = '160000';
const PROGRAM = '100755';
/** A way out of the repository, or to what steers it. */
const OUTSIDE =
  /^(?:[/~\\]|[a-z]:|(?:\.\.\/)+(?:\.git|\.\.|etc|home|root|proc)(?:\/|$))|(?:^|\/)\.git(?:hub)?(?:\/|$)/i;

/** Files that are not what they look like in a list of changes. */
export const SPECIAL_FILES: ReviewCheck = {
  name: 'special-files',
  title: 'Links, submodules, programs',
  question:
    'Does it add or change a symbolic link or a submodule, make a file one that can be run or take that away, or give it a name ' +
    'that differs from another in capitals alone?',
  remedy: 'Follow the link or the submodule to what it points at, and ask why it is needed.',
  find: ({ files }) =>
    files.filter(({ status }) => status !== 'removed').flatMap((file) => [...special(file), ...named(file)]),
};

function special(file: ReadFile): readonly Found[] {
  const { mode, modeBefore, reading } = file;
  if (mode === LINK && (modeBefore !== LINK || reading !== 'same')) return [link(file)];
  if (mode === SUBMODULE) {
    const line = file.lines.find(({ kind }) => kind === 'added')?.line ?? null;
    return [inFile('high', file, line, 'It points to a commit of another repository, which is not shown here.')];
  }
  if (mode === PROGRAM && modeBefore !== null && modeBefore !== PROGRAM) {
    return [inFile('medium', file, null, 'It can be run from now on.')];
  }
  if (mode === PROGRAM && file.status === 'added') return [inFile('low', file, null, 'It is new and can be run.')];
  if (modeBefore === PROGRAM && mode !== null && mode !== PROGRAM) {
    return [inFile('low', file, null, 'It cannot be run any more.')];
  }
  return movedOutOfUse(file);
}

/** On case-insensitive systems, as most people's machines are, two such names are the same file. */
function named(file: ReadFile): readonly Found[] {
  const { path, from, twin, status } = file;
  if (twin !== null && status !== 'modified' && status !== 'changed') {
    const reason = `Where capitals make no difference it is the same file as ${shownPath(twin)}, and one of them is lost.`;
    return [inFile('high', file, null, reason)];
  }
  const isSame = from !== null && from !== path && foldedPath(from) === foldedPath(path);
  return isSame
    ? [inFile('medium', file, null, 'Only capitals of its name change, which not every machine sees.')]
    : [];
}

function link(file: ReadFile): Found {
  const target = file.lines.find(({ kind }) => kind === 'added');
  if (target === undefined) return inFile('high', file, null, 'It is a link, and where to is not known.');
  const risk = isOutside(file.path, target.text) ? 'critical' : 'high';
  const where = risk === 'critical' ? ' outside of the repository or to what steers it' : '';
  return inFile(
    risk,
    file,
    target.line,
    `It is a link to ${keptName(target.text, 120)},${where === '' ? ' another place' : where}.`,
  );
}

/** Whether it goes up more levels than the folder is deep. */
function isOutside(path: string, target: string): boolean {
  const depth = path.split('/').length - 1;
  const up = target.split('/').filter((part) => part === '..').length;
  return OUTSIDE.test(target) || up > depth;
}

/** A program renamed so that nothing runs it any more. */
function movedOutOfUse(file: ReadFile): readonly Found[] {
  const { from, path } = file;
  if (from === null) return [];
  const before = ending(from);
  return before !== '' && before !== ending(path)
    ? [inFile('medium', file, null, `It was moved and is no .${keptName(before, 12)} file any more.`)]
    : [];
}

function ending(path: string): string {
  return /\.([A-Za-z0-9]{1,12})$/.exec(path)?.[1]?.toLowerCase() ?? '';
}
