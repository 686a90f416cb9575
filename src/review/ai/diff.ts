import { type Change, type ChangedFile, compareRisk, type Passport } from '../../core/passport.ts';
import { plainLine } from '../../core/text.ts';
import { shownPath } from '../lines.ts';
import { type PatchLine, readPatch } from '../patch.ts';
import { mostTokens, readable } from './data.ts';

/** A file of a change as a model sees it. */
export interface ShownFile {
  /** Its number in the answer. */
  readonly number: number;
  readonly path: string;
  /** Numbers of the lines shown: in the file after the change, or before it for removed lines. */
  readonly lines: ReadonlySet<number>;
}

/** The part of a change that is sent, and what is left out. */
export interface ShownChange {
  readonly text: string;
  readonly files: readonly ShownFile[];
  /** In our words; empty when nothing is left out. */
  readonly unseen: readonly string[];
}

const MOST_FILES = 300;
const LONGEST_LINE = 500;
const LONGEST_PATH = 300;

/** The hunks of a change, riskiest files first, up to `room` tokens. Lines are numbered. */
export function shownChange(change: Change, passport: Passport, room: number): ShownChange {
  const files: ShownFile[] = [];
  const parts: string[] = [];
  let left = room;
  let hunksLeft = 0;
  let filesLeft = 0;
  const ordered = byRisk(change.files, passport);
  for (const file of ordered) {
    const hunks = file.patch === null ? [] : hunksOf(file.patch);
    const number = files.length + 1;
    const head = headOf(file, number);
    const fitting = number > MOST_FILES ? [] : withinRoom(hunks, left - mostTokens(head));
    hunksLeft += hunks.length - fitting.length;
    if (fitting.length === 0) {
      filesLeft++;
      continue;
    }
    const text = [head, ...fitting.map(hunkText)].join('\n');
    left -= mostTokens(text);
    parts.push(text);
    files.push({ number, path: file.path, lines: new Set(fitting.flatMap((hunk) => hunk.map(({ line }) => line))) });
  }
  return { text: parts.join('\n\n'), files, unseen: unseenWords(change, filesLeft, hunksLeft) };
}

function unseenWords({ whole }: Change, files: number, hunks: number): readonly string[] {
  const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  return [
    ...(files === 0
      ? []
      : [
          `${some(files, 'file')} without text, or beyond its room, ${files === 1 ? 'was' : 'were'} not shown to the model`,
        ]),
    ...(hunks === 0
      ? []
      : [`${some(hunks, 'hunk')} beyond its room ${hunks === 1 ? 'was' : 'were'} not shown to the model`]),
    ...(whole ? [] : ['parts of the change that could not be read were not shown to the model']),
  ];
}

/** Files with the gravest findings first, then those to look at first, then in GitHub's order. */
function byRisk(files: readonly ChangedFile[], { findings, lookFirst }: Passport): readonly ChangedFile[] {
  const weight = new Map<string, number>();
  for (const { path, risk } of findings) {
    if (path !== null) weight.set(path, Math.max(weight.get(path) ?? 0, 1 + compareRisk(risk, 'low')));
  }
  const rank = (file: ChangedFile): number => {
    // Findings contain paths as they are shown.
    const path = shownPath(file.path);
    return (weight.get(path) ?? 0) * 2 + Number(lookFirst.includes(path));
  };
  return [...files].sort((a, b) => rank(b) - rank(a));
}

function headOf({ path, from, status, additions, deletions }: ChangedFile, number: number): string {
  const name = (text: string): string => plainLine(readable(text), LONGEST_PATH);
  const before = from === null ? '' : `, before: ${name(from)}`;
  return `FILE ${number}: ${name(path)} (${status}, +${additions} -${deletions}${before})`;
}

type Hunk = readonly PatchLine[];

/** Groups of consecutive lines. Empty for unreadable hunks, because nobody knows what those change. */
export function hunksOf(patch: string): readonly Hunk[] {
  const hunks: PatchLine[][] = [];
  let last: PatchLine | null = null;
  for (const line of readPatch(patch)?.lines ?? []) {
    const hunk = hunks.at(-1);
    if (hunk === undefined || last === null || isApart(last, line)) hunks.push([line]);
    else hunk.push(line);
    last = line;
  }
  return hunks;
}

/** Line numbers of one side grow by one; those of the other side are irrelevant. */
function isApart(last: PatchLine, next: PatchLine): boolean {
  const sameSide = (last.kind === 'removed') === (next.kind === 'removed');
  return sameSide && next.line !== last.line + 1;
}

const SIGNS: Readonly<Record<PatchLine['kind'], string>> = { added: '+', removed: '-', kept: ' ' };

/** Redacted hunk by hunk: a secret of several lines removes their numbers too. */
function hunkText(hunk: Hunk): string {
  const rows = hunk.map(({ kind, line, text }) => `${SIGNS[kind]}${line}|${text.slice(0, LONGEST_LINE)}`);
  return readable(rows.join('\n'));
}

/** The first hunks that fit. */
function withinRoom(hunks: readonly Hunk[], room: number): readonly Hunk[] {
  let left = room;
  const fitting: Hunk[] = [];
  for (const hunk of hunks) {
    left -= mostTokens(hunkText(hunk)) + 1;
    if (left < 0) break;
    fitting.push(hunk);
  }
  return fitting;
}
