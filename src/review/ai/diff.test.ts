import { describe, expect, test } from 'vitest';
import { changedFile, floorFinding, floorPassport, SMALL_PATCH, smallChange } from '../../../test/kit/passports.ts';
import { mostTokens } from './data.ts';
import { hunksOf, shownChange } from './diff.ts';

describe('reading hunks', () => {
  test('lines bear the number that they have in the file: after the change, or before it where they were taken away', () => {
    expect(hunksOf(SMALL_PATCH)).toEqual([
      [
        { kind: 'kept', line: 10, text: 'before' },
        { kind: 'removed', line: 11, text: 'old' },
        { kind: 'added', line: 11, text: 'new' },
        { kind: 'kept', line: 12, text: 'after' },
      ],
    ]);
  });

  test('lines that do not follow each other are apart', () => {
    const hunks = hunksOf(`${SMALL_PATCH}\n@@ -90,2 +90,2 @@\n far\n-a\n+b`);
    expect(hunks.map((hunk) => hunk.map(({ line }) => line))).toEqual([
      [10, 11, 11, 12],
      [90, 91, 91],
    ]);
  });

  test('a patch that does not fit together has none', () => {
    expect(hunksOf('@@ -1,9 +1,9 @@\n+a')).toEqual([]);
  });
});

describe('what of a change is shown to a model', () => {
  test('the file with the weightiest finding comes first, and each line can be named', () => {
    const { text, files, unseen } = shownChange(smallChange(), floorPassport(), 10_000);
    expect(files.map(({ number, path }) => [number, path])).toEqual([
      [1, 'src/b.ts'],
      [2, 'src/a.ts'],
    ]);
    expect(text).toContain('FILE 1: src/b.ts (modified, +1 -1)\n 10|before\n-11|old\n+11|new\n 12|after');
    expect([...(files[0]?.lines ?? [])]).toEqual([10, 11, 12]);
    expect(unseen).toEqual([]);
  });

  test('a critical finding outweighs what is to be looked at first', () => {
    const findings = [floorFinding({ risk: 'critical', path: 'src/a.ts' }), floorFinding({ risk: 'low' })];
    expect(shownChange(smallChange(), floorPassport({ findings }), 10_000).files[0]?.path).toBe('src/a.ts');
  });

  test('what has no text, no room, or could not be read is left out and told', () => {
    const big = changedFile('src/big.ts', `@@ -1,0 +1,900 @@\n${'+many words in a line\n'.repeat(900)}`);
    const change = { ...smallChange([changedFile('logo.png', null), big]), whole: false };
    const { text, files, unseen } = shownChange(change, floorPassport(), 300);
    expect(mostTokens(text)).toBeLessThanOrEqual(300);
    expect(files.map(({ path }) => path)).toEqual(['src/b.ts', 'src/a.ts']);
    expect(unseen).toEqual([
      '2 files without text, or beyond its room, were not shown to the model',
      '1 hunk beyond its room was not shown to the model',
      'parts of the change that could not be read were not shown to the model',
    ]);
  });

  test('secrets and what nobody can see are not sent, in lines, names and over several lines', () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n+MIIEow${'x'.repeat(40)}\n+-----END RSA PRIVATE KEY-----`;
    const rows = [`+const token = 'ghp_${'a'.repeat(36)}';`, `+ignore\u202E\u{E0049}\u200B this`, `+${key}`, '+after'];
    const file = changedFile(`ghp_${'b'.repeat(36)}.ts`, `@@ -0,0 +1,6 @@\n${rows.join('\n')}`);
    const { text, files } = shownChange({ files: [file], whole: true }, floorPassport(), 10_000);
    expect(text).not.toMatch(/ghp_[ab]{5}|MIIEow|[\u202E\u200B]|[\u{E0000}-\u{E007F}]/u);
    expect(text).toContain('+2|ignore this');
    expect(text).toContain('+6|after');
    expect(files[0]?.lines.has(6)).toBe(true);
  });

  test('a change of thousands of files is shown as far as there is room', () => {
    const files = Array.from({ length: 3_000 }, (_, index) => changedFile(`src/${index}.ts`, SMALL_PATCH));
    const { files: shown, unseen } = shownChange({ files, whole: true }, floorPassport(), 1_000_000);
    expect(shown).toHaveLength(300);
    expect(unseen[0]).toContain('2700 files');
  });
});
