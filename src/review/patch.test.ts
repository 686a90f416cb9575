import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPatch } from './patch.ts';

describe('a patch', () => {
  it('has the numbers of its lines on both sides', () => {
    expect(readPatch('@@ -1,3 +1,4 @@ function x() {\n a\n-b\n+c\n+d\n e')?.lines).toEqual([
      { kind: 'kept', text: 'a', line: 1 },
      { kind: 'removed', text: 'b', line: 2 },
      { kind: 'added', text: 'c', line: 2 },
      { kind: 'added', text: 'd', line: 3 },
      { kind: 'kept', text: 'e', line: 4 },
    ]);
  });

  it('may have several hunks, heads without counts and no newline at its end', () => {
    const read = readPatch('@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n@@ -9,0 +10 @@\n+c');
    expect(read).toMatchObject({ additions: 2, deletions: 1 });
    expect(read?.lines.at(-1)).toEqual({ kind: 'added', text: 'c', line: 10 });
  });

  it('takes no line of a file for the head of a hunk', () => {
    const read = readPatch('@@ -1,2 +1,2 @@\n-@@ -1 +1 @@\n+++ @@ -5 +5 @@\n a');
    expect(read?.lines.map(({ text }) => text)).toEqual(['@@ -1 +1 @@', '++ @@ -5 +5 @@', 'a']);
  });

  it.each([
    ['cut off', '@@ -1,3 +1,3 @@\n a\n-b'],
    ['longer than it says', '@@ -1 +1 @@\n-a\n+b\n+c'],
    ['without a head', '+a'],
    ['of lines that are none', '@@ -1,2 +1,2 @@\n?a\n b'],
  ])('that is %s is not believed', (_name, patch) => {
    expect(readPatch(patch)).toBeNull();
  });

  it('never throws, and what it counts is what it lists', () => {
    const row = fc.oneof(fc.constantFrom('@@ -1,2 +1,2 @@', '@@ -0,0 +1 @@', '+', '-', ' ', '\\', ''), fc.string());
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const read = readPatch(rows.join('\n'));
        if (read === null) return;
        expect(read.lines.filter(({ kind }) => kind === 'added')).toHaveLength(read.additions);
        expect(read.lines.every(({ line }) => line >= 0)).toBe(true);
      }),
    );
  });
});
