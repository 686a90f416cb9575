import type { Risk } from '../../core/passport.ts';
import { inFile, ofAll, shownPath } from '../lines.ts';
import type { Found, Gain, Matter, ReadFile, ReviewCheck } from '../matter.ts';

/** The change is based on a long outdated commit. */
export const STALE_BASE: ReviewCheck = {
  name: 'stale-base',
  title: 'Made on an old base',
  question: 'Is the base many commits ahead of where the change parted from it?',
  remedy: 'Have it brought up to date, so that its checks speak of what will be merged.',
  find: ({ behind, terms }) =>
    behind !== null && behind > terms.max_behind ? [ofAll('medium', `Its base is ${behind} commits ahead.`)] : [],
};

/** Fewer lines than this come and go by chance. */
const ENOUGH = 3;
/** From this share on, mostly other people's work is removed. */
const MOST = 0.8;

/** Other people's recent work is reverted without saying so. */
export const SILENT_REVERT: ReviewCheck = {
  name: 'silent-revert',
  title: 'Takes back what others did',
  question:
    'Do the lines that go make up most of what the base got in that file in the last two weeks, or those that come most of what it lost?',
  remedy: 'Ask the author of those lines; an agent that worked on an old copy of the file must merge the new one.',
  find: ({ files, gained, title }) =>
    gained === null
      ? []
      : files.flatMap((file) => gained.filter((gain) => isOf(gain, file)).flatMap((gain) => taken(file, gain, title))),
};

function isOf({ path }: Gain, file: ReadFile): boolean {
  return path === file.path || path === file.from;
}

function taken(file: ReadFile, gain: Gain, title: string): readonly Found[] {
  const found = takenOut(file, gain, title);
  return found.length > 0 ? found : broughtBack(file, gain, title);
}

/** Lower if the title says that it is a revert. */
function riskOfRevert(title: string): Risk {
  return /\brevert/i.test(title) ? 'medium' : 'high';
}

/** Lines that others removed from a file entirely are back in it. */
function broughtBack(file: ReadFile, { added, removed }: Gain, title: string): readonly Found[] {
  const stayed = new Set(added.map((text) => text.trim()));
  const out = new Set(removed.filter((text) => isWeighty(text) && !stayed.has(text.trim())).map((text) => text.trim()));
  const back = file.lines.filter(({ kind, text }) => kind === 'added' && out.has(text.trim()));
  const count = new Set(back.map(({ text }) => text.trim())).size;
  if (out.size < ENOUGH || count / out.size < MOST) return [];
  const reason = `${count} of ${out.size} lines that were taken out of the base lately come back.`;
  return [inFile(riskOfRevert(title), file, back[0]?.line ?? null, reason)];
}

function takenOut(file: ReadFile, { added, removed }: Gain, title: string): readonly Found[] {
  const gone = file.lines.filter(({ kind, text }) => kind === 'removed' && isWeighty(text));
  const came = new Set(file.lines.filter(({ kind }) => kind === 'added').map(({ text }) => text.trim()));
  const news = new Set(added.filter(isWeighty).map((text) => text.trim()));
  const lost = gone.filter(({ text }) => news.has(text.trim()));
  if (news.size < ENOUGH || lost.length / news.size < MOST) return [];
  const old = removed.filter(isWeighty);
  const back = old.filter((text) => came.has(text.trim())).length;
  if (old.length > 0 && back / old.length < MOST) return [];
  return [
    inFile(
      riskOfRevert(title),
      file,
      lost[0]?.line ?? null,
      `${lost.length} of ${news.size} lines that the base got lately go again.`,
    ),
  ];
}

/** Braces and blank lines are everywhere. */
function isWeighty(text: string): boolean {
  return /[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(text);
}

/** From this share of equal lines or paths on, two changes count as the same. */
const SAME_LINES = 0.8;
const SAME_WORDS = 0.6;

/** Somebody has done it already. */
export const DUPLICATE: ReviewCheck = {
  name: 'duplicate',
  title: 'The same as another',
  question: 'Does an open pull request add the same lines, or change the same files under a like title?',
  remedy: 'Close one of the two.',
  find: (matter) => matter.others.flatMap((other) => sameAs(matter, other)),
};

function sameAs({ files, title }: Matter, other: Matter['others'][number]): readonly Found[] {
  const lines = likeness(linesOf(files), linesOf(other.files));
  if (lines >= SAME_LINES) return [ofAll('medium', `Pull request ${other.number} changes the same lines.`)];
  const paths = likeness(pathsIn(files), pathsIn(other.files));
  const isLike = paths >= SAME_LINES && titleLikeness(title, other.title) >= SAME_WORDS;
  return isLike ? [ofAll('medium', `Pull request ${other.number} changes the same files under a like title.`)] : [];
}

/** How similar two titles are, from 0 to 1. */
export function titleLikeness(a: string, b: string): number {
  const words = (title: string): ReadonlySet<string> =>
    new Set(
      title
        .slice(0, 300)
        .toLowerCase()
        .match(/[\p{L}\p{N}]{2,}/gu) ?? [],
    );
  return likeness(words(a), words(b));
}

function linesOf(files: readonly ReadFile[]): ReadonlySet<string> {
  return new Set(
    files.flatMap(({ path, lines }) =>
      lines
        .filter(({ kind, text }) => kind !== 'kept' && isWeighty(text))
        .map(({ kind, text }) => `${shownPath(path)} ${kind} ${text.trim()}`),
    ),
  );
}

function pathsIn(files: readonly ReadFile[]): ReadonlySet<string> {
  return new Set(files.map(({ path }) => path));
}

/** Jaccard index; 0 if one of them is empty. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  const both = [...a].filter((one) => b.has(one)).length;
  return both / (a.size + b.size - both);
}
