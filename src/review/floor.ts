import { compareRisk, type ReviewFinding, type Risk } from '../core/passport.ts';
import { isMedia } from './checks/content.ts';
import { ofAll, shownPath, worstRisk } from './lines.ts';
import type { Found, Matter, ReviewCheck } from './matter.ts';
import { REVIEW_CHECKS } from './registry.ts';

/** Most findings of one check that are listed; the last of them then says how many there are. */
const MOST_OF_ONE = 10;
const MOST_LOOKED_AT = 5;
const MOST_UNREAD = 10;

/** What all checks find, the weightiest first. Pure: the same change gives the same findings. */
export function floorFindings(matter: Matter): readonly ReviewFinding[] {
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

/** What of a change nobody could read, in our words. */
export function unreadOf(matter: Pick<Matter, 'files'>, whole: boolean, more: readonly string[]): readonly string[] {
  const dark = matter.files.filter(
    (file) => file.reading === 'unread' || (file.reading === 'binary' && !isMedia(file)),
  );
  const names = dark
    .slice(0, MOST_UNREAD)
    .map((file) =>
      file.reading === 'binary'
        ? `${shownPath(file.path)} is no text`
        : `the lines of ${shownPath(file.path)} are not shown by GitHub`,
    );
  const rest = dark.length - names.length;
  return [
    ...(whole ? [] : ['not all of its files are listed by GitHub']),
    ...more,
    ...names,
    ...(rest > 0 ? [`${rest} more files could not be read`] : []),
  ];
}

/** The risk of a change: its worst finding, and high at least where something could not be read. */
export function riskOf(findings: readonly Pick<ReviewFinding, 'risk'>[], unread: readonly string[]): Risk {
  return worstRisk([...findings.map(({ risk }) => risk), ...(unread.length > 0 ? (['high'] as const) : [])]);
}

/** Paths to look at first: those with the gravest findings, and of these the ones with most. */
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
