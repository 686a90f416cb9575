import { compareRisk, type ReviewFinding, type Risk } from '../core/passport.ts';
import { isMedia } from './checks/content.ts';
import { isCut, LONGEST_LINE, ofAll, shownPath, withCutLines, worstRisk } from './lines.ts';
import type { Found, Matter, ReadFile, ReviewCheck } from './matter.ts';
import { REVIEW_CHECKS } from './registry.ts';

/** The most findings listed for one check; the last one then gives the total. */
const MOST_OF_ONE = 10;
const MOST_LOOKED_AT = 5;
const MOST_UNREAD = 10;

/**
 * What all checks find, looking only at the beginnings of lines, gravest first. Pure: the same change gives the same
 * findings.
 */
export function floorFindings(whole: Matter): readonly ReviewFinding[] {
  const others = whole.others.map((other) => ({ ...other, files: withCutLines(other.files) }));
  const matter: Matter = { ...whole, files: withCutLines(whole.files), others };
  return REVIEW_CHECKS.flatMap((check) => findingsOf(check, matter)).sort((a, b) => compareRisk(b.risk, a.risk));
}

function findingsOf(check: ReviewCheck, matter: Matter): readonly ReviewFinding[] {
  const all = [...check.find(matter)].sort((a, b) => compareRisk(b.risk, a.risk));
  const shown =
    all.length <= MOST_OF_ONE ? all : [...all.slice(0, MOST_OF_ONE - 1), moreOf(all.slice(MOST_OF_ONE - 1))];
  return shown.map((found) => ({ check: check.name, ...found, by: 'floor' as const }));
}

function moreOf(rest: readonly Found[]): Found {
  return ofAll(worstRisk(rest.map(({ risk }) => risk)), `There are ${rest.length} more of this kind.`);
}

/** What could not be read of a change, in our words. */
export function unreadOf(matter: Pick<Matter, 'files'>, whole: boolean, more: readonly string[]): readonly string[] {
  const dark = matter.files.flatMap((file) => {
    const why = darkness(file);
    return why === null ? [] : [why];
  });
  const names = dark.slice(0, MOST_UNREAD);
  const rest = dark.length - names.length;
  return [
    ...(whole ? [] : ['not all of its files are listed by GitHub']),
    ...more,
    ...names,
    ...(rest > 0 ? [`${rest} more files could not be read`] : []),
  ];
}

/** Why not all of a file could be read; null when it was. */
function darkness(file: ReadFile): string | null {
  const name = shownPath(file.path);
  if (file.reading === 'unread') return `the lines of ${name} are not shown by GitHub`;
  if (file.reading === 'binary') return isMedia(file) ? null : `${name} is no text`;
  const long = file.lines.find((line) => line.kind !== 'kept' && isCut(line));
  return long === undefined ? null : `line ${long.line} of ${name} is longer than ${LONGEST_LINE} characters`;
}

/** The risk of a change: its worst finding, and at least high if something could not be read. */
export function riskOf(findings: readonly Pick<ReviewFinding, 'risk'>[], unread: readonly string[]): Risk {
  return worstRisk([...findings.map(({ risk }) => risk), ...(unread.length > 0 ? (['high'] as const) : [])]);
}

/** Paths to look at first: those with the gravest findings, and among these the ones with the most. */
export function lookFirst(findings: readonly ReviewFinding[]): readonly string[] {
  const byPath = new Map<string, { readonly worst: Risk; readonly count: number }>();
  for (const { path, risk } of findings) {
    if (path === null || risk === 'low') continue;
    const known = byPath.get(path);
    byPath.set(path, {
      worst: known === undefined ? risk : worstRisk([known.worst, risk]),
      count: (known?.count ?? 0) + 1,
    });
  }
  return [...byPath]
    .sort(([, a], [, b]) => compareRisk(b.worst, a.worst) || b.count - a.count)
    .slice(0, MOST_LOOKED_AT)
    .map(([path]) => path);
}
