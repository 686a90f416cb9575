import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, ROOT, runNode } from './process.ts';

export interface CliRun {
  /** The whole environment but for PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** An empty folder by default. */
  readonly cwd?: string;
  readonly node?: string;
  /**
   * Runs `src/cli.ts` instead of the bundle. On when the tests themselves run with `CHECKREIN_SOURCE=1`, for work between
   * two builds.
   */
  readonly source?: boolean;
  /** Ends it with SIGKILL when this aborts. */
  readonly killOn?: AbortSignal;
}

/** Runs the built CLI, without a terminal, in an environment of its own. */
export async function runCli(args: readonly string[], run: CliRun = {}): Promise<Finished> {
  const source = run.source ?? process.env['CHECKREIN_SOURCE'] === '1';
  const home = await mkdtemp(join(tmpdir(), 'run-cli-'));
  try {
    return await runNode({
      script: join(ROOT, source ? 'src/cli.ts' : 'dist/cli.js'),
      args,
      env: run.env ?? {},
      cwd: run.cwd ?? home,
      home,
      ...(run.node === undefined ? {} : { node: run.node }),
      ...(run.killOn === undefined ? {} : { killOn: run.killOn }),
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
