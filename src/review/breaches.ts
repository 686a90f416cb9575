import { matchesGlob } from '../core/glob.ts';
import type { Severity } from '../core/outcome.ts';
import type { Violation, ViolationKind, ViolationSign } from '../core/violation.ts';
import { breaksControlPlane } from './checks/control-plane.ts';
import { pathsOf, shownPath } from './lines.ts';
import type { Matter } from './matter.ts';

/** The most signs kept for one violation. */
const MOST_SIGNS = 20;

/**
 * What an agent did in a pull request without being allowed to: changes although it is read-only, files outside of its scope,
 * unauthorized changes to what steers agents, too large a change. `source` is the id of the passport's event. Known signs are
 * left out.
 */
export function breachesOf(matter: Matter, source: string, known: readonly ViolationSign[]): readonly Violation[] {
  const { agent, run, verdict } = matter.authorship;
  if (agent === null || verdict !== 'agent') return [];
  const found: readonly (readonly [ViolationKind, Severity, readonly ViolationSign[]])[] = [
    ['readOnly', 'critical', readOnlySigns(matter)],
    [
      'scope',
      matter.files.some((file) => breaksControlPlane(file, matter)) ? 'critical' : 'warning',
      scopeSigns(matter),
    ],
  ];
  return found.flatMap(([kind, severity, signs]) => {
    const fresh = signs.filter((sign) => !known.some((one) => one.what === sign.what && one.name === sign.name));
    if (fresh.length === 0) return [];
    const more = { signs: fresh.slice(0, MOST_SIGNS), moreSigns: Math.max(0, fresh.length - MOST_SIGNS) };
    return [{ kind, agent, source, run, attempt: null, severity, ...more }];
  });
}

function readOnlySigns({ files, agentTerms: { scope } }: Matter): readonly ViolationSign[] {
  return scope?.read_only === true && files.length > 0
    ? [{ what: 'files_changed', name: null, amount: files.length, limit: null }]
    : [];
}

function scopeSigns(matter: Matter): readonly ViolationSign[] {
  const { files, agentTerms } = matter;
  const { paths, max_files, max_lines } = agentTerms.scope ?? {};
  const lines = files.reduce((sum, { additions, deletions }) => sum + additions + deletions, 0);
  const steering = files.filter((file) => breaksControlPlane(file, matter)).map(({ path }) => path);
  const outside = files.filter((file) => paths !== undefined && !pathsOf(file).every((path) => isInside(path, paths)));
  return [
    ...steering.map((path) => pathSign('control_plane', path)),
    ...outside.filter(({ path }) => !steering.includes(path)).map(({ path }) => pathSign('path_out_of_scope', path)),
    ...above('too_many_files', files.length, max_files),
    ...above('too_many_lines', lines, max_lines),
  ];
}

function isInside(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matchesGlob(glob, path));
}

function pathSign(what: 'control_plane' | 'path_out_of_scope', path: string): ViolationSign {
  return { what, name: shownPath(path), amount: 1, limit: null };
}

function above(
  what: 'too_many_files' | 'too_many_lines',
  amount: number,
  limit: number | undefined,
): readonly ViolationSign[] {
  return limit !== undefined && amount > limit ? [{ what, name: null, amount, limit }] : [];
}
