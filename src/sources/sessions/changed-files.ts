import { sha256 } from '../../core/hash.ts';
import { keptName } from '../../core/redact.ts';
import type { FilesChanged } from '../../core/session.ts';

/**
 * Prefix of the place of a file outside the workspace. What follows only distinguishes such files, because their paths are private.
 */
const OUTSIDE = '\u0000';

/** The workspace of a job on GitHub's runners, in containers and on Windows. */
const WORKSPACE =
  /^(?:[A-Za-z]:)?\/(?:home\/runner\/work|Users\/runner\/work|__w|a|actions-runner\/_work)\/([^/]+)\/\1\/|^\/github\/workspace\//;

/** Only this much of a path is examined, and this much is kept. */
export const MOST_READ = 4_096;
const MAX_PATH = 200;
/** At most this many files of a session are kept by their paths. */
const MAX_PATHS = 100;

/** The place of a file: its path from the workspace root, for a tool that was called in the folder `cwd`. */
export function placeInWorkspace(path: string, cwd: string | null): string {
  const whole = slashes(path);
  const home = slashes(cwd ?? '').replace(/\/+$/, '');
  const runner = WORKSPACE.exec(whole)?.[0];
  const inside = (path: string): string => resolved(path) ?? outside(whole);
  if (runner !== undefined) return inside(whole.slice(runner.length));
  if (home !== '' && whole.startsWith(`${home}/`)) return inside(whole.slice(home.length + 1));
  return /^(?:\/|[A-Za-z]:|~)/.test(whole) ? outside(whole) : inside(whole);
}

function outside(path: string): string {
  return OUTSIDE + sha256(path);
}

function slashes(path: string): string {
  return path.slice(0, MOST_READ).replaceAll('\\', '/');
}

/**
 * Removes secrets and then resolves `.` and `..`. Secrets go first because they may contain slashes. Null if the path leads
 * outside.
 */
function resolved(path: string): string | null {
  const steps: string[] = [];
  for (const step of keptName(path, MOST_READ).split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return null;
  }
  return steps.join('/');
}

/**
 * What a session changed, from the places of its changes. Each file counts once. The absence of changes proves that there were none
 * only if the record is `whole`: complete, and of a kind that would show them.
 */
export function filesChangedOf(places: readonly string[], whole: boolean): FilesChanged | null {
  if (places.length === 0 && !whole) return null;
  const files = [...new Set(places)];
  const inside = files.filter((place) => !place.startsWith(OUTSIDE));
  const paths = inside.sort().slice(0, MAX_PATHS);
  return {
    count: files.length,
    outside: files.length - inside.length,
    paths: [...new Set(paths.map((path) => keptName(path, MAX_PATH)))].filter((path) => path !== ''),
  };
}
