import type { TestProject } from 'vitest/node';
import { startPostgres } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The port of the PostgreSQL that all test files share; each makes a database of its own in it. */
    readonly postgresPort: number;
  }
}

/** Starts one PostgreSQL for all test files. The returned function ends it and removes what it kept. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres(['-c', 'fsync=off', '-c', 'max_connections=200']);
  project.provide('postgresPort', server.port);
  return async () => server[Symbol.asyncDispose]();
}
