import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../migrations.ts';
import { up as tables } from './0001-tables.ts';
import { up as views } from './0002-views.ts';
import { up as owners } from './0003-owners.ts';

test('every migration in the folder is in the list under its name, in order, and none goes back', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(1);
  expect(Object.keys(MIGRATIONS)).toEqual(files.sort().map((name) => name.replace(/\.ts$/, '')));
  expect(Object.values(MIGRATIONS).filter((migration) => migration.down !== undefined)).toEqual([]);
  expect(Object.values(MIGRATIONS).map(({ up }) => up)).toEqual([tables, views, owners]);
});
