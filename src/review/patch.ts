/** One line of a change, with its number in the file after it, or before it for a removed line. */
export interface PatchLine {
  readonly kind: 'added' | 'removed' | 'kept';
  readonly text: string;
  readonly line: number;
}

/** A parsed patch, and whether it is complete. */
export interface ReadPatch {
  readonly lines: readonly PatchLine[];
  readonly additions: number;
  readonly deletions: number;
}

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;

/** A reader's position in the hunks. */
interface Place {
  before: number;
  after: number;
  /** Lines of the hunk that are still to come, on both sides. */
  oldLeft: number;
  newLeft: number;
}

/**
 * Reads GitHub's hunks for a file. The counts in a hunk's header determine where it ends, so no line of a file can pass for a
 * header. Null if headers and lines do not match: then it is unknown what the patch changes.
 */
export function readPatch(patch: string): ReadPatch | null {
  const lines: PatchLine[] = [];
  const place: Place = { before: 0, after: 0, oldLeft: 0, newLeft: 0 };
  for (const row of patch.replace(/\n$/, '').split('\n')) {
    // "\ No newline at end of file" belongs to the line before it.
    if (row.startsWith('\\')) continue;
    if (isBetween(place)) {
      if (!openHunk(row, place)) return null;
      continue;
    }
    const line = takeLine(row, place);
    if (line === null) return null;
    lines.push(line);
  }
  if (!isBetween(place)) return null;
  const count = (kind: PatchLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { lines, additions: count('added'), deletions: count('removed') };
}

function isBetween({ oldLeft, newLeft }: Place): boolean {
  return oldLeft === 0 && newLeft === 0;
}

function openHunk(row: string, place: Place): boolean {
  const head = HUNK.exec(row);
  if (head === null) return false;
  const [, before = '', oldCount = '1', after = '', newCount = '1'] = head;
  place.before = Number(before);
  place.after = Number(after);
  place.oldLeft = Number(oldCount);
  place.newLeft = Number(newCount);
  return true;
}

function takeLine(row: string, place: Place): PatchLine | null {
  const text = row.slice(1);
  switch (row.charAt(0)) {
    case '+':
      place.newLeft -= 1;
      place.after += 1;
      return place.newLeft < 0 ? null : { kind: 'added', text, line: place.after - 1 };
    case '-':
      place.oldLeft -= 1;
      place.before += 1;
      return place.oldLeft < 0 ? null : { kind: 'removed', text, line: place.before - 1 };
    case ' ':
    case '':
      place.oldLeft -= 1;
      place.newLeft -= 1;
      place.before += 1;
      place.after += 1;
      return place.oldLeft < 0 || place.newLeft < 0 ? null : { kind: 'kept', text, line: place.after - 1 };
    default:
      return null;
  }
}
