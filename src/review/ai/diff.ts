import { type Change, type ChangedFile, compareRisk, type Passport } from '../../core/passport.ts';
import { plainLine } from '../../core/text.ts';
import { shownPath } from '../lines.ts';
import { type PatchLine, readPatch } from '../patch.ts';
import { mostTokens, readable } from './data.ts';

/** A file of a change as a model gets to see it. */
export interface ShownFile {
  /** What the answer calls it. */
  readonly number: number;
  readonly path: string;
  /** Numbers of the lines that were shown: of the file after the change, and of lines taken away before it. */
  readonly lines: ReadonlySet<number>;
}

/** The part of a change that is sent, and what is left out. */
export interface ShownChange {
  readonly text: string;
  readonly files: readonly ShownFile[];
  /** In our words; empty when all of it is there. */
  readonly unseen: readonly string[];
}

const MOST_FILES = 300;
const LONGEST_LINE = 500;
const LONGEST_PATH = 300;

/** The hunks of a change, the riskiest files first, until `room` tokens are used. Lines bear their numbers. */
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

/** Files with the weightiest findings first, then those to look at first, then as GitHub lists them. */
function byRisk(files: readonly ChangedFile[], { findings, lookFirst }: Passport): readonly ChangedFile[] {
  const weight = new Map<string, number>();
  for (const { path, risk } of findings) {
    if (path !== null) weight.set(path, Math.max(weight.get(path) ?? 0, 1 + compareRisk(risk, 'low')));
  }
  const rank = (file: ChangedFile): number => {
    // Findings name files as they are shown.
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

/** Lines that follow each other. None for hunks that cannot be read: nobody knows what those change. */
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

/** Numbers of one side grow by one from line to line; those of the other side say nothing. */
function isApart(last: PatchLine, next: PatchLine): boolean {
  const sameSide = (last.kind === 'removed') === (next.kind === 'removed');
  return sameSide && next.line !== last.line + 1;
}

const SIGNS: Readonly<Record<PatchLine['kind'], string>> = { added: '+', removed: '-', kept: ' ' };

/** Redacted hunk by hunk: a secret that goes over several lines takes their numbers with it. */
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
