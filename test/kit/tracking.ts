import { symlink } from 'node:fs/promises';
import { createFixture, type FsFixture } from 'fs-fixture';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Measure } from '../../src/core/measure.ts';
import { type Finished, ROOT, runNode } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';

/** A folder of a program that has the package installed, with its spool and its ledger. */
export interface TrackedPlace extends AsyncDisposable {
  readonly path: string;
  readonly spool: string;
  readonly files: FsFixture;
  /** Runs a module that may import `checkrein`; `words` are its arguments. */
  readonly run: (source: string, words?: readonly string[], more?: RunMore) => Promise<Finished>;
  /** `checkrein record` with these words. */
  readonly record: (words: readonly string[], more?: RunMore) => Promise<Finished>;
  /** All measures of the ledger. */
  readonly measures: () => Promise<readonly Measure[]>;
  readonly events: () => Promise<readonly LedgerEvent[]>;
}

interface RunMore {
  readonly env?: Readonly<Record<string, string>>;
  readonly killOn?: AbortSignal;
  readonly hear?: (text: string) => void;
}

export async function trackedPlace(): Promise<TrackedPlace> {
  const files = await createFixture({ 'node_modules/.keep': '' });
  await symlink(ROOT, files.getPath('node_modules/checkrein'));
  const spool = files.getPath('spool');
  let programs = 0;
  const events: TrackedPlace['events'] = async () => {
    const { stdout } = await runCli(['ledger', 'show', '--json'], { cwd: files.path });
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as LedgerEvent);
  };
  return {
    ...{ path: files.path, spool, files, events },
    run: async (source, words = [], more = {}) => {
      programs += 1;
      const script = files.getPath(`program-${programs}.mjs`);
      await files.writeFile(`program-${programs}.mjs`, source);
      const env = { CHECKREIN_SPOOL: spool, ...more.env };
      return await runNode({ ...more, script, args: words, env, cwd: files.path, home: files.path });
    },
    record: (words, { env = {}, ...more } = {}) =>
      runCli(['record', ...words], { ...more, env: { CHECKREIN_SPOOL: spool, ...env }, cwd: files.path }),
    measures: async () => measuresOf(await events()),
    [Symbol.asyncDispose]: () => files.rm(),
  };
}

/** What stands in all `metrics.recorded` events. */
export function measuresOf(events: readonly LedgerEvent[]): readonly Measure[] {
  return events.flatMap((event) => (event.kind === 'metrics.recorded' ? event.data.measures : []));
}

/** Over all minutes: how many values, and their sum. */
export function totalOf(
  measures: readonly Measure[],
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): { readonly count: number; readonly sum: number } {
  const wanted = measures.filter(
    (measure) =>
      measure.metric === metric && Object.entries(labels).every(([key, value]) => measure.labels[key] === value),
  );
  return {
    count: wanted.reduce((total, { aggregate }) => total + aggregate.count, 0),
    sum: wanted.reduce((total, { aggregate }) => total + aggregate.sum, 0),
  };
}
