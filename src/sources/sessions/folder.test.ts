import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { listFolder } from './folder.ts';

test.each([
  [4, 3, false],
  [3, 3, false],
  [2, 2, true],
  [0, 0, true],
])('of a folder with three entries at most %d are listed: %d, and more: %s', async (most, count, more) => {
  await using folder = await createFixture({ a: '', b: '', 'c/d': '' });
  const listed = listFolder(folder.path, most);
  expect([listed.entries.length, listed.more]).toEqual([count, more]);
});

test('what is no folder is an error of the system', () => {
  expect(() => listFolder('/dev/null', 1)).toThrow('ENOTDIR');
});
