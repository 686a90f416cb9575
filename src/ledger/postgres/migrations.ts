import type { Migration } from 'kysely/migration';
import { up as tables } from './migrations/0001-tables.ts';
import { up as views } from './migrations/0002-views.ts';
import { up as owners } from './migrations/0003-owners.ts';

/** Every change of the tables ever made, in order; forward only. The names are stored in the database. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-tables': { up: tables },
  '0002-views': { up: views },
  '0003-owners': { up: owners },
};
