import { truncate } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { startReading } from '../../sources/sessions/skim-files.ts';
import { helpersAhead } from './ahead.ts';

test.skipIf(availableParallelism() < 2)(
  'threads are started for what ingest will read, and for no other command',
  async () => {
    // 120 MB, which take no room on the disk: enough for two threads, but not for usage alone, see helpers.ts.
    await using files = await createFixture({ a: '', b: '' });
    for (const name of ['a', 'b']) await truncate(files.getPath(name), 60_000_000);
    const started = helpersAhead(['ingest', '--json', files.path]);
    expect(started).toHaveLength(1);
    expect(helpersAhead(['ingest', files.path, '--usage-only'])).toEqual([]);
    expect(helpersAhead(['profile', files.path])).toEqual([]);
    // With nothing to read they end.
    startReading([], 'all', started);
    await Promise.all(started.map(({ next }) => next()));
  },
);
