import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { unifiedDiff } from './text-diff.ts';

test('the same text differs in nothing', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n', 'x.yml')).toBe('');
});

test('a change is shown with three lines around it, as diff -u does', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\n';
  expect(unifiedDiff(before, before.replace('e', 'E'), 'x.yml')).toBe(
    '--- a/x.yml\n+++ b/x.yml\n@@ -2,6 +2,6 @@\n b\n c\n d\n-e\n+E\n f\n g\n',
  );
});

test('a new file comes from nothing', () => {
  expect(unifiedDiff('', 'a\n', 'x.yml', true)).toBe('--- /dev/null\n+++ b/x.yml\n@@ -0,0 +1,1 @@\n+a\n');
});

test('git takes it: applied to the first text it gives the second', async () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd: 1', '  e');
  const text = fc.array(line, { minLength: 1, maxLength: 25 }).map((lines) => `${lines.join('\n')}\n`);
  const pairs = fc.sample(fc.tuple(text, text), { numRuns: 15, seed: 7 });
  for (const [before, after] of pairs.filter(([one, other]) => one !== other)) {
    await using files = await createFixture({ 'x.yml': before, 'x.diff': unifiedDiff(before, after, 'x.yml') });
    execFileSync('git', ['apply', 'x.diff'], { cwd: files.path });
    expect(await files.readFile('x.yml', 'utf8')).toBe(after);
  }
});
