import { expect, inject, test } from 'vitest';
import { makeDatabase } from './database.ts';

test('the PostgreSQL of the tests is the one that the project brings, not one that the machine happens to have', async () => {
  await using database = await makeDatabase(inject('postgresPort'));
  const [row] = await database.ask('show server_version');
  expect(row?.['server_version']).toMatch(/^18\./);
});
