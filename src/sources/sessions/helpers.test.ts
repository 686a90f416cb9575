import { symlink, truncate } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { createFixture, type FsFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { type Helper, startHelpers, threadsFor } from './helpers.ts';
import { take } from './shared-work.ts';
import { skimFiles, startReading } from './skim-files.ts';

/** A folder with files of these sizes in MB, which take no room on the disk. */
async function sizes(megabytes: Readonly<Record<string, number>>): Promise<FsFixture> {
  const folder = await createFixture(Object.fromEntries(Object.keys(megabytes).map((name) => [name, ''])));
  for (const [name, mb] of Object.entries(megabytes)) await truncate(join(folder.path, name), mb * 1_000_000);
  return folder;
}

describe('threads', () => {
  test.each([
    ['one for nothing', {}, 'all', 1],
    ['one for little', { 'a/1': 40, 'a/2': 40 }, 'all', 1],
    ['two for twice as much as one is worth', { 'a/1': 50, 'a/2': 50 }, 'all', 2],
    ['three', { 'a/1': 50, 'b/2': 50, 'b/c/3': 50 }, 'all', 3],
    ['no more than processors', { 'a/1': 250, 'a/2': 250, 'a/3': 250, 'a/4': 250, 'a/5': 250 }, 'all', 4],
    ['no more than files', { 'a/1': 1_000, 'a/2': 1_000 }, 'all', 2],
    ['one for one file', { 'a/1': 1_000 }, 'all', 1],
    ['fewer where usage alone is wanted', { 'a/1': 70, 'a/2': 70 }, 'usage', 1],
    ['two for much usage', { 'a/1': 80, 'a/2': 80 }, 'usage', 2],
  ] as const)('%s', async (_, files, wanted, expected) => {
    await using folder = await sizes(files);
    expect(threadsFor([folder.path], wanted, 4)).toBe(expected);
    const each = Object.keys(files).map((name) => join(folder.path, name));
    expect(threadsFor(each, wanted, 4)).toBe(expected);
  });

  test('are for many small files, too: opening them takes time', async () => {
    await using folder = await createFixture(
      Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`a/${n}.jsonl`, '{}'])),
    );
    expect(threadsFor([folder.path], 'all', 4)).toBe(2);
  });

  test('one on one processor', async () => {
    await using folder = await sizes({ a: 900, b: 900 });
    expect(threadsFor([folder.path], 'all', 1)).toBe(1);
  });

  test('count no words that are not there, and follow no links', async () => {
    await using folder = await sizes({ 'a/1': 60, 'a/2': 60 });
    await symlink(folder.path, join(folder.path, 'a', 'round'));
    const words = ['--json', '', 'nowhere', join(folder.path, 'a', '1', 'x'), 'x'.repeat(5_000), folder.path];
    expect(threadsFor(words, 'all', 4)).toBe(2);
  });

  test('count nothing in folders that are not read, unless they are named', async () => {
    await using folder = await sizes({ 'a/.git/1': 60, 'a/.git/2': 60, 'node_modules/3': 60, 'node_modules/4': 60 });
    expect(threadsFor([folder.path], 'all', 4)).toBe(1);
    expect(threadsFor([join(folder.path, 'node_modules')], 'all', 4)).toBe(2);
  });

  test('are for what a link that was named leads to', async () => {
    await using folder = await sizes({ 'a/1': 60, 'a/2': 60 });
    await symlink(join(folder.path, 'a'), join(folder.path, 'link'));
    expect(threadsFor([join(folder.path, 'link')], 'all', 4)).toBe(2);
  });
});

describe('a helper', () => {
  const piece = (id: string): string =>
    JSON.stringify({ type: 'assistant', sessionId: id, message: { id, model: 'm', usage: { input_tokens: 1 } } });

  test.skipIf(availableParallelism() < 2)('reads files that nobody else reads', async () => {
    await using large = await sizes({ 'a/1': 60, 'a/2': 60 });
    await using folder = await createFixture({ 'p/a.jsonl': piece('a'), 'p/b.jsonl': piece('b'), 'p/c.txt': 'c' });
    const [helper, ...more] = startHelpers([large.path], 'all');
    expect(more).toEqual([]);
    if (helper === undefined) throw new Error('no thread was started');
    startReading([folder.path], 'all', [helper]);
    const answers = [];
    while (answers.length < 3 && !(await helper.next())) answers.push(...helper.answers.splice(0));
    expect(answers.map(({ index, skimmed }) => [index, skimmed.kind])).toEqual([
      [0, 'transcript'],
      [1, 'transcript'],
      [2, 'passed'],
    ]);
  });

  test.skipIf(availableParallelism() < 2)('that fails is known to have ended', async () => {
    await using large = await sizes({ 'a/1': 60, 'a/2': 60 });
    const [helper] = startHelpers([large.path], 'all');
    if (helper === undefined) throw new Error('no thread was started');
    const { work } = startReading([], 'all', []).skimming;
    // Memory that is not shared and too small: the thread fails at its first step.
    helper.join({ ...work, next: new Int32Array(0) });
    expect(await helper.next()).toBe(true);
  });

  test('that ends with a file in its hands loses none', async () => {
    await using folder = await createFixture({
      'p/a.jsonl': piece('a'),
      'p/b.jsonl': piece('b'),
      'p/c.jsonl': piece('c'),
    });
    const dying: Helper = { join: take, answers: [], next: async () => true };
    const seen: string[] = [];
    await skimFiles(
      startReading([folder.path], 'all', [dying]),
      () => undefined,
      (_, file) => seen.push(basename(file.path)),
    );
    expect(seen).toEqual(['b.jsonl', 'c.jsonl', 'a.jsonl']);
  });
});
