import { type Change, type ChangedFile, compareRisk, type Passport } from '../../core/passport.ts';
import { plainLine } from '../../core/text.ts';
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
    files.push({ number, path: file.path, lines: new Set(fitting.flatMap(({ lines }) => lines.map((l) => l.number))) });
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
  const rank = ({ path }: ChangedFile): number => (weight.get(path) ?? 0) * 2 + (lookFirst.includes(path) ? 1 : 0);
  return [...files].sort((a, b) => rank(b) - rank(a));
}

function headOf({ path, from, status, additions, deletions }: ChangedFile, number: number): string {
  const name = (text: string): string => plainLine(readable(text), LONGEST_PATH);
  const before = from === null ? '' : `, before: ${name(from)}`;
  return `FILE ${number}: ${name(path)} (${status}, +${additions} -${deletions}${before})`;
}

interface Line {
  readonly sign: '+' | '-' | ' ';
  readonly number: number;
  readonly text: string;
}

interface Hunk {
  readonly lines: readonly Line[];
}

const HUNK = /^@@ -(\d{1,9})(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@/;

/** Reads unified hunks. What stands before the first head, and lines that are of no kind, are passed over. */
export function hunksOf(patch: string): readonly Hunk[] {
  const hunks: { lines: Line[] }[] = [];
  let next = { before: 0, after: 0 };
  for (const row of patch.split('\n')) {
    const [, before, after] = HUNK.exec(row) ?? [];
    if (before !== undefined && after !== undefined) {
      next = { before: Number(before), after: Number(after) };
      hunks.push({ lines: [] });
      continue;
    }
    const sign = signOf(row);
    if (sign === null) continue;
    hunks.at(-1)?.lines.push({ sign, number: sign === '-' ? next.before : next.after, text: row.slice(1) });
    next = { before: next.before + Number(sign !== '+'), after: next.after + Number(sign !== '-') };
  }
  return hunks.filter(({ lines }) => lines.length > 0);
}

function signOf(row: string): Line['sign'] | null {
  const sign = row[0];
  return sign === '+' || sign === '-' || sign === ' ' ? sign : null;
}

/** Redacted hunk by hunk: a secret that goes over several lines takes their numbers with it. */
function hunkText({ lines }: Hunk): string {
  const rows = lines.map(({ sign, number, text }) => `${sign}${number}|${text.slice(0, LONGEST_LINE)}`);
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
