/** Context lines shown around a change. */
const CONTEXT = 3;

type Edit = { readonly sign: ' ' | '-' | '+'; readonly line: string };

/**
 * What turns one text into another, as a unified diff (`diff -u`) that `git apply` accepts; empty if they are the same. Uses the
 * longest common subsequence of lines, so it suits files that people write, not large ones.
 */
export function unifiedDiff(before: string, after: string, path: string, isNew = false): string {
  if (before === after) return '';
  const edits = editsBetween(linesOf(before), linesOf(after));
  const hunks = hunksOf(edits).map((hunk) => hunkText(edits, hunk));
  return [`--- ${isNew ? '/dev/null' : `a/${path}`}`, `+++ b/${path}`, ...hunks].join('\n').concat('\n');
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function editsBetween(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const common = commonLengths(before, after);
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      edits.push({ sign: ' ', line: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && (fresh === undefined || lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1))) {
      edits.push({ sign: '-', line: old });
      i += 1;
    } else {
      edits.push({ sign: '+', line: fresh ?? '' });
      j += 1;
    }
  }
  return edits;
}

/** For each pair of first remaining lines: how many lines the two remainders have in common, in order. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly Uint32Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] as Uint32Array;
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] =
        before[i] === after[j]
          ? lengthAt(lengths, i + 1, j + 1) + 1
          : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1));
    }
  }
  return lengths;
}

function lengthAt(lengths: readonly Uint32Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}

interface Hunk {
  readonly from: number;
  readonly to: number;
}

function hunksOf(edits: readonly Edit[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const [i, { sign }] of edits.entries()) {
    if (sign === ' ') continue;
    const last = hunks.at(-1);
    const [from, to] = [Math.max(0, i - CONTEXT), Math.min(edits.length, i + CONTEXT + 1)];
    if (last !== undefined && from <= last.to) hunks[hunks.length - 1] = { from: last.from, to };
    else hunks.push({ from, to });
  }
  return hunks;
}

function hunkText(edits: readonly Edit[], { from, to }: Hunk): string {
  const own = edits.slice(from, to);
  const range = (without: Edit['sign']): string => {
    const count = own.filter(({ sign }) => sign !== without).length;
    const skipped = edits.slice(0, from).filter(({ sign }) => sign !== without).length;
    return `${count === 0 ? skipped : skipped + 1},${count}`;
  };
  return [`@@ -${range('+')} +${range('-')} @@`, ...own.map(({ sign, line }) => `${sign}${line}`)].join('\n');
}
