import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFixture, type FsFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { createTracker, type Tracker, type TrackerLimits } from './tracker.ts';

interface Scene extends AsyncDisposable {
  readonly folder: string;
  readonly tracker: Tracker;
  readonly warnings: string[];
  readonly calls: (from: number, to: number) => void;
  /** The names of the tools in the order of the lines, over all files of the folder, and the counts of drops. */
  readonly tools: () => Promise<readonly string[]>;
  readonly files: () => Promise<readonly string[]>;
  readonly base: FsFixture;
}

async function scene(limits: Partial<TrackerLimits> = {}, onWarning?: () => void): Promise<Scene> {
  const base = await createFixture({});
  const folder = join(base.path, 'temp', 'spool');
  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
    onWarning?.();
  };
  const tracker = createTracker({ folder, limits, warn });
  const files = async (): Promise<readonly string[]> =>
    (await readdir(folder)).sort().map((name) => join(folder, name));
  return {
    ...{ folder, tracker, warnings, files, base },
    calls: (from, to) => {
      for (let i = from; i < to; i++) tracker.add({ server: 's', tool: `t${i}`, durationMs: 1, success: true });
    },
    tools: async () => {
      const texts = await Promise.all((await files()).map((path) => readFile(path, 'utf8')));
      return texts.flatMap(toolsIn);
    },
    [Symbol.asyncDispose]: () => base.rm(),
  };
}

function toolsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { tool?: string; count?: number })
    .map(({ tool, count }) => tool ?? `dropped ${count}`);
}

function names(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, i) => `t${from + i}`);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); performance.now() - began < 60_000; await sleep(10)) if (await holds()) return;
  throw new Error('it did not come to hold within a minute');
}

describe('calls', () => {
  test('are written in order, in one file', async () => {
    await using here = await scene();
    here.calls(0, 1_234);
    await here.tracker.flush();
    expect(await here.tools()).toEqual(names(0, 1_234));
    expect(await here.files()).toHaveLength(1);
  });

  test('are only noted by their caller: nothing is on the disk before it lets go', async () => {
    await using here = await scene();
    here.calls(0, 500);
    await expect(readdir(here.folder)).rejects.toThrow('ENOENT');
  });

  test('that are alone go to the disk at once, without being asked', async () => {
    await using here = await scene({ interval: 60_000 });
    here.calls(0, 1);
    await until(async () => (await here.tools().catch(() => [])).length === 1);
  });

  test('wait for company in a stream of them, and go when they are a batch', async () => {
    await using here = await scene({ interval: 60_000, batch: 10 });
    here.calls(0, 1);
    await here.tracker.flush();
    here.calls(1, 10);
    await sleep(100);
    expect(await here.tools()).toHaveLength(1);
    here.calls(10, 11);
    await until(async () => (await here.tools()).length === 11);
  });

  test('that are wrong leave those before and after them as they are', async () => {
    await using here = await scene();
    here.calls(0, 1);
    expect(() => here.tracker.add({ server: 's', tool: 't', durationMs: -1, success: true })).toThrow(TypeError);
    here.calls(1, 2);
    await here.tracker.flush();
    expect(await here.tools()).toEqual(['t0', 't1']);
  });

  test('that were noted at the very end are written at once', async () => {
    await using here = await scene({ interval: 60_000 });
    here.calls(0, 50);
    here.tracker.end();
    expect(await here.tools()).toEqual(names(0, 50));
    here.calls(50, 51);
    expect(await here.tools()).toContain('t50');
  });

  test('are not doubled when the end comes while they are on their way', async () => {
    for (let round = 0; round < 20; round++) {
      await using here = await scene();
      here.calls(0, 200);
      const landing = here.tracker.flush();
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      here.calls(200, 210);
      here.tracker.end();
      await landing;
      expect([...(await here.tools())].sort()).toEqual([...names(0, 210)].sort());
    }
  });
});

test('a caller that never lets go loses nothing, and waits but a moment now and then', async () => {
  await using here = await scene({ waitingBytes: 200_000 });
  let slowest = 0;
  for (let i = 0; i < 20_000; i++) {
    const from = performance.now();
    here.calls(i, i + 1);
    slowest = Math.max(slowest, performance.now() - from);
  }
  await here.tracker.flush();
  expect([...(await here.tools())].sort()).toEqual([...names(0, 20_000)].sort());
  // Some milliseconds; the rest is room for a busy machine.
  expect(slowest).toBeLessThan(5_000);
});

describe('a file', () => {
  test('that was taken away is left, and a new one begun', async () => {
    await using here = await scene();
    here.calls(0, 5);
    await here.tracker.flush();
    const [first = ''] = await here.files();
    await rename(first, `${first}.0badc0de.claimed`);
    here.calls(5, 9);
    await here.tracker.flush();
    expect(toolsIn(await readFile(`${first}.0badc0de.claimed`, 'utf8'))).toEqual(names(0, 5));
    expect((await here.tools()).length).toBe(9);
  });

  test('is made again with its folder when all of it was cleared away', async () => {
    await using here = await scene();
    here.calls(0, 5);
    await here.tracker.flush();
    await rm(join(here.base.path, 'temp'), { recursive: true });
    here.calls(5, 9);
    await here.tracker.flush();
    expect(await here.tools()).toEqual(names(5, 9));
  });

  test('does not grow beyond its size', async () => {
    await using here = await scene({ fileBytes: 1_000 });
    for (let i = 0; i < 60; i += 6) {
      here.calls(i, i + 6);
      await here.tracker.flush();
    }
    expect((await here.files()).length).toBeGreaterThan(3);
    expect([...(await here.tools())].sort()).toEqual([...names(0, 60)].sort());
  });
});

describe('a disk that takes nothing', () => {
  /** A file stands where the folder should be: refused to root as well. */
  async function blocked(limits: Partial<TrackerLimits>, onWarning?: () => void): Promise<Scene> {
    const here = await scene({ interval: 20, ...limits }, onWarning);
    await mkdir(join(here.base.path, 'temp'));
    await writeFile(here.folder, '');
    return here;
  }

  test('does not trouble the caller, and is told once', async () => {
    await using here = await blocked({});
    for (let i = 0; i < 5; i++) {
      here.calls(i * 300, (i + 1) * 300);
      await here.tracker.flush();
    }
    here.tracker.end();
    expect(here.warnings).toHaveLength(1);
    expect(here.warnings[0]).toMatch(/takes no lines \((EEXIST|ENOTDIR)\)/);
  });

  test('costs nothing as long as there is memory for the lines', async () => {
    await using here = await blocked({});
    here.calls(0, 700);
    await here.tracker.flush();
    await rm(here.folder);
    await until(async () => (await here.tools().catch(() => [])).length === 700);
    expect(await here.tools()).toEqual(names(0, 700));
  });

  test('is tried anew for whoever flushes while an attempt is failing', async () => {
    let flushed: Promise<void> | null = null;
    // The warning comes from within the attempt that failed.
    await using here = await blocked({}, () => {
      rmSync(here.folder);
      flushed = here.tracker.flush();
    });
    here.calls(0, 5);
    await here.tracker.flush();
    await flushed;
    expect(await here.tools()).toEqual(names(0, 5));
  });

  test('breaks nobody who never lets go either', async () => {
    await using here = await blocked({ waitingBytes: 10_000 });
    here.calls(0, 5_000);
    expect(here.warnings).toHaveLength(1);
    await rm(here.folder);
    await here.tracker.flush();
    const [told = '', ...rest] = await here.tools();
    expect(Number(/^dropped (\d+)$/.exec(told)?.[1]) + rest.length).toBe(5_000);
  });

  test('costs the lines for which there is no memory; they are counted, and the count is written', async () => {
    await using here = await blocked({ waitingBytes: 10_000 });
    here.calls(0, 1_000);
    await here.tracker.flush();
    await rm(here.folder);
    here.calls(1_000, 1_001);
    await until(async () => (await here.tools().catch(() => [])).length > 0);
    await here.tracker.flush();
    const [told = '', ...rest] = await here.tools();
    const dropped = Number(/^dropped (\d+)$/.exec(told)?.[1]);
    expect(rest).toEqual(names(0, rest.length));
    expect(dropped + rest.length).toBe(1_001);
    expect(dropped).toBeGreaterThan(800);
  });

  test('is also one that is full of files which nobody takes in', async () => {
    await using here = await scene({ interval: 20, fileBytes: 500, files: 2 });
    for (let i = 0; i < 40; i += 10) {
      here.calls(i, i + 10);
      await here.tracker.flush();
    }
    expect(here.warnings.join()).toContain('nobody takes the spool in');
    expect(await here.tools()).toEqual(expect.arrayContaining([...names(0, 20)]));
    expect(await here.files()).toHaveLength(2);
    for (const path of await here.files()) await rm(path);
    await until(async () => (await here.tools()).length === 20);
    expect(await here.tools()).toEqual(names(20, 40));
  });
});
