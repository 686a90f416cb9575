import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { encodeSpoolLine } from '../../src/core/spool-line.ts';
import { DAY, fromMs, HOUR, type Instant, MINUTE, toMs } from '../../src/core/time.ts';
import { runCli } from '../drivers/run-cli.ts';
import { measuresOf, totalOf, trackedPlace } from '../kit/tracking.ts';
import { EVENING, type Plot, plantPlot, QUICK_WAITS, readLedger } from './plot.ts';
import { annotations, plain } from './words.ts';

/** Tracks calls of the tools t0, t1, t2 … as fast as it is asked to, for ever or `most` of them, and says when it begins. */
const BUSY = `
  import { flush, track } from 'checkrein';
  console.log('begun');
  const [most, perTurn] = process.argv.slice(2).map(Number);
  let n = 0;
  const turn = () => {
    for (let i = 0; i < perTurn && n < most; i++, n++) track({ server: 's', tool: 't' + (n % 7), durationMs: n, success: true });
    if (n < most) setTimeout(turn, 1);
  };
  turn();`;

describe('a program that tracks', () => {
  test('and is killed at any moment leaves whole lines, none missing before the last', {
    timeout: 120_000,
  }, async () => {
    await using place = await trackedPlace();
    let whole = 0;
    for (let round = 0; round < 25; round++) {
      const end = new AbortController();
      const hear = (): void => void sleep(round * 23).then(() => end.abort());
      const killed = await place.run(BUSY, ['1e9', '40'], { killOn: end.signal, hear });
      expect(killed.signal).toBe('SIGKILL');
    }
    for (const name of await readdir(place.spool)) {
      const text = await readFile(join(place.spool, name), 'utf8');
      const lines = text.split('\n').slice(0, -1);
      expect(lines.map((line) => (JSON.parse(line) as { ms: number }).ms)).toEqual(lines.map((_, i) => i));
      whole += lines.length;
    }
    expect(whole).toBeGreaterThan(1_000);
    expect((await place.record(['spool'])).stderr).toBe('');
    expect(totalOf(await place.measures(), 'tool.latency').count).toBe(whole);
  });

  test.each([
    ['at its end', ''],
    ['by process.exit', 'process.exit(0);'],
    ['by an error that nobody caught', "setTimeout(() => { throw new Error('x'); });"],
    [
      'in an exit handler of its own',
      "process.on('exit', () => track({ server: 's', tool: 'last', durationMs: 1, success: true }));",
    ],
  ])('writes all it has when it ends %s', async (_name, ending) => {
    await using place = await trackedPlace();
    await place.run(`
      import { track } from 'checkrein';
      for (let i = 0; i < 30; i++) track({ server: 's', tool: 't', durationMs: 1, success: true });
      ${ending}`);
    await place.record([]);
    const { count } = totalOf(await place.measures(), 'tool.latency');
    expect(count).toBe(ending.includes('last') ? 31 : 30);
  });

  test('stays alive for nobody, and changes nothing of how a program ends', async () => {
    await using place = await trackedPlace();
    const began = performance.now();
    const ended = await place.run(`
      import { track } from 'checkrein';
      track({ server: 's', tool: 't', durationMs: 1, success: true });
      process.exitCode = 7;`);
    expect(ended).toMatchObject({ exitCode: 7, stdout: '', stderr: '' });
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test('and others beside it share a folder, while it is taken in again and again by some that are killed: each call counts once', {
    timeout: 120_000,
  }, async () => {
    await using place = await trackedPlace();
    const programs = [1, 2, 3, 4].map(() => place.run(BUSY, ['8000', '2']));
    let running = true;
    const all = Promise.all(programs).finally(() => {
      running = false;
    });
    const whole = async (): Promise<void> => {
      while (running) expect(await place.record(['spool'])).toMatchObject({ exitCode: 0, stderr: '' });
    };
    const killed = async (): Promise<void> => {
      // From its first look at the folder to after its last removal, and past its end.
      for (let n = 0; running; n++)
        await place.record(['spool'], { killOn: AbortSignal.timeout(200 + ((n * 370) % 1_900)) });
    };
    const takers = [whole(), sleep(250).then(killed), sleep(600).then(killed)];
    expect((await all).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    await Promise.all(takers);
    await place.record(['spool']);
    const measures = await place.measures();
    const { count, sum } = totalOf(measures, 'tool.latency');
    const { sum: dropped } = totalOf(measures, 'track.dropped');
    // Four times 0 + 1 + … + 7999.
    if (dropped === 0) expect([count, sum]).toEqual([32_000, 4 * 31_996_000]);
    // On a machine that stood still for half a second a batch may be counted as dropped although it was read; never twice.
    expect(count).toBeLessThanOrEqual(32_000);
    expect(count + dropped).toBeGreaterThanOrEqual(32_000);
    expect(dropped).toBeLessThan(2_000);
    expect(await readdir(place.spool)).toEqual([]);
  });
});

/** Whether a file system of our own can be mounted, for this user and on this machine. */
const canMount = spawnSync('sh', ['-c', "unshare -Urm sh -c 'mount -t tmpfs none /tmp'"]).status === 0;

describe('a disk that is full', () => {
  /** Fills a disk of 1 MB, tracks more than memory takes, makes room and goes on. */
  const FULL = `
    import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
    import { flush, track } from 'checkrein';
    const call = (i) => track({ server: 's', tool: 't', durationMs: i, success: true });
    for (let i = 0; i < 100; i++) call(i);
    await flush();
    const fd = openSync(process.argv[2] + '/filler', 'w');
    for (let size = 65536; size >= 1; size /= 2) try { for (;;) writeSync(fd, Buffer.alloc(size)); } catch (e) { if (e.code !== 'ENOSPC') throw e; }
    let slowest = 0;
    for (let i = 100; i < 40_000; i++) {
      const from = performance.now();
      call(i);
      slowest = Math.max(slowest, performance.now() - from);
      if (i % 1000 === 0) await new Promise(setImmediate);
    }
    await flush();
    closeSync(fd);
    rmSync(process.argv[2] + '/filler');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await flush();
    console.log(JSON.stringify({ slowest }));`;

  test.skipIf(!canMount)(
    '(needs user namespaces) tears no line and breaks nobody; what was lost is counted',
    { timeout: 120_000 },
    async () => {
      await using place = await trackedPlace();
      await place.files.writeFile('full.mjs', FULL);
      await mkdir(join(place.path, 'copy'));
      await mkdir(join(place.path, 'disk'));
      const line = `
      mount -t tmpfs -o size=4m none disk && export CHECKREIN_SPOOL="$PWD/disk/spool" &&
      '${process.execPath}' full.mjs "$PWD/disk" && cp disk/spool/* copy/`;
      const { status, stdout, stderr } = spawnSync('sh', ['-c', 'exec unshare -Urm sh -c "$0"', line], {
        cwd: place.path,
        env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: place.path },
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
      expect(stderr).toContain('takes no lines (ENOSPC)');
      expect(stderr.match(/takes no lines/g)).toHaveLength(1);
      // A moment; the rest is room for a busy machine.
      expect(JSON.parse(stdout).slowest).toBeLessThan(5_000);
      const done = await place.record(['spool', '--spool', 'copy']);
      expect(done).toMatchObject({ exitCode: 0, stderr: '' });
      const measures = await place.measures();
      const { count } = totalOf(measures, 'tool.latency');
      const { sum: dropped } = totalOf(measures, 'track.dropped');
      expect(count + dropped).toBe(40_000);
      expect(dropped).toBeGreaterThan(10_000);
      expect(count).toBeGreaterThan(5_000);
    },
  );

  test('for files of more than a size is told, and the lines that fit are whole', async () => {
    await using place = await trackedPlace();
    await place.files.writeFile('busy.mjs', BUSY);
    const line = `ulimit -f 8; CHECKREIN_SPOOL=spool '${process.execPath}' busy.mjs 1000 50`;
    const { status, stderr } = spawnSync('bash', ['-c', line], {
      cwd: place.path,
      env: { PATH: '/usr/bin:/bin', HOME: place.path },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('takes no lines (EFBIG)');
    expect(await place.record(['spool'])).toMatchObject({ exitCode: 0, stderr: '' });
    const { count } = totalOf(await place.measures(), 'tool.latency');
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(1_000);
  });
});

describe('checkrein record', () => {
  test('that is killed at any moment loses nothing and doubles nothing', { timeout: 240_000 }, async () => {
    await using place = await trackedPlace();
    const at = fromMs(Date.now() - MINUTE);
    const text = (file: number): string =>
      Array.from({ length: 50 }, (_, i) =>
        encodeSpoolLine({ v: 1, kind: 'call', at, server: 's', tool: `t${file}`, ms: i, ok: true }),
      ).join('');
    await mkdir(place.spool);
    let files = 0;
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 5; i++, files++) {
        await writeFile(join(place.spool, `checkrein-spool-${files}.ndjson`), text(files));
      }
      // From before the first rename to after the last removal, which takes about a second and a half.
      const moment = round < 6 ? 100 + round * 40 : 1_150 + (round - 6) * 25;
      await place.record(['spool'], { killOn: AbortSignal.timeout(moment) });
    }
    expect(await place.record(['spool'])).toMatchObject({ exitCode: 0 });
    const measures = await place.measures();
    expect(totalOf(measures, 'tool.latency').count).toBe(files * 50);
    for (let file = 0; file < files; file++) {
      expect(totalOf(measures, 'tool.latency', { tool: `t${file}` }).count).toBe(50);
    }
    expect(await readdir(place.spool)).toEqual([]);
    expect((await runCli(['ledger', 'verify'], { cwd: place.path })).exitCode).toBe(0);
  });
});

/** When the run of an agent began, and a moment in it. */
const BEGAN: Instant = fromMs(toMs(EVENING) - HOUR);
const DURING: Instant = fromMs(toMs(BEGAN) + MINUTE);
const DAY_BEFORE: Instant = fromMs(toMs(BEGAN) - DAY);

function callLine(tool: string, at = EVENING): string {
  return encodeSpoolLine({ v: 1, kind: 'call', at, server: 'github', tool, ms: 20, ok: true });
}

async function measuresIn(plot: Plot): Promise<ReturnType<typeof measuresOf>> {
  const { events, verification } = await readLedger(plot);
  expect(verification.ok).toBe(true);
  return measuresOf(events);
}

describe('the action', () => {
  test('records what a step says, into the branch of the repository', async () => {
    await using plot = await plantPlot({ runs: 0 });
    const recorded = await plot.watch({
      inputs: { command: 'record' },
      env: {
        ...QUICK_WAITS,
        CHECKREIN_RECORD: `
          metric build.duration 412 --label target=linux --label "kind=full build"
          event release.published --label channel='beta 2'
        `,
      },
    });
    expect(recorded.exitCode, recorded.stdout).toBe(0);
    expect(plain(recorded.summary)).toContain('Recorded 1 metric and 1 event in branch:octo/plot@checkrein.');
    const { events } = await readLedger(plot);
    expect(totalOf(measuresOf(events), 'build.duration', { target: 'linux', kind: 'full build' })).toEqual({
      count: 1,
      sum: 412,
    });
    expect(events.flatMap((event) => (event.kind === 'event.recorded' ? [event.data] : []))).toEqual([
      { type: 'release.published', labels: { channel: 'beta 2' } },
    ]);
    expect(events.map(({ repo }) => repo)).toEqual(['octo/plot', 'octo/plot']);
  });

  test('takes in the spool of its job when the step says nothing', async () => {
    await using plot = await plantPlot({ runs: 0 });
    await using job = await createFixture({ 'checkrein-spool-a.ndjson': callLine('a') + callLine('b') });
    const env = { ...QUICK_WAITS, CHECKREIN_SPOOL: job.path };
    const recorded = await plot.watch({ inputs: { command: 'record' }, env });
    expect(recorded.exitCode, recorded.stdout).toBe(0);
    expect(plain(recorded.summary)).toContain('Took 2 lines of 1 file');
    expect(totalOf(await measuresIn(plot), 'tool.latency').count).toBe(2);
    expect(await readdir(job.path)).toEqual([]);
  });

  test.each(['lost', 'reset', 'torn'] as const)(
    'whose append is tried again after its answer was %s counts nothing twice',
    async (kind) => {
      await using plot = await plantPlot({ runs: 0 });
      await using job = await createFixture({ 'checkrein-spool-a.ndjson': callLine('a') });
      const env = { ...QUICK_WAITS, CHECKREIN_SPOOL: job.path };
      await plot.watch({ inputs: { command: 'record' }, env: { ...env, CHECKREIN_RECORD: 'event first' } });
      plot.github.faults.add({ method: 'PATCH', path: /\/git\/refs\//, fault: { kind } });
      const tried = await plot.watch({ inputs: { command: 'record' }, env });
      plot.github.faults.clear();
      if (tried.exitCode !== 0) await plot.watch({ inputs: { command: 'record' }, env });
      expect(totalOf(await measuresIn(plot), 'tool.latency')).toEqual({ count: 1, sum: 20 });
      expect(await readdir(job.path)).toEqual([]);
    },
  );

  test('that cannot write leaves the spool to the next run', async () => {
    await using plot = await plantPlot({ runs: 0 });
    await using job = await createFixture({ 'checkrein-spool-a.ndjson': callLine('a') });
    const env = { ...QUICK_WAITS, CHECKREIN_SPOOL: job.path };
    const token = plot.github.mintToken({ contents: 'read' });
    const failed = await plot.watch({ inputs: { command: 'record' }, env, token });
    expect(failed.exitCode).toBe(1);
    expect(await readdir(job.path)).toEqual([expect.stringMatching(/\.taken$/)]);
    expect((await plot.watch({ inputs: { command: 'record' }, env })).exitCode).toBe(0);
    expect(totalOf(await measuresIn(plot), 'tool.latency').count).toBe(1);
  });

  test.each([
    ['metric build.duration', 'CHECKREIN_RECORD, line 1: A metric is a name and one number'],
    ['\nevent x --label "a=1', 'CHECKREIN_RECORD, line 2: a quote has no end.'],
    ['event x --ledger memory:', 'CHECKREIN_RECORD, line 1: --ledger works on the command line only.'],
    ['--help', 'CHECKREIN_RECORD, line 1: a line is'],
    ['evnt x', "Did you mean 'event'?"],
  ])('refuses the step that says %j before it asks anybody', async (said, sentence) => {
    await using plot = await plantPlot({ runs: 0 });
    const requests = plot.github.log.length;
    const refused = await plot.watch({ inputs: { command: 'record' }, env: { CHECKREIN_RECORD: said } });
    expect(refused.exitCode).toBe(2);
    expect(plain(refused.stdout)).toContain(plain(sentence));
    expect(plot.github.log.length).toBe(requests);
  });
});

describe('watch', () => {
  test('takes in the spool of its own job, once it is in the ledger', async () => {
    await using plot = await plantPlot();
    await using job = await createFixture({ 'checkrein-spool-a.ndjson': `${callLine('a')}no line of ours\n` });
    const watched = await plot.watch({ env: { ...QUICK_WAITS, CHECKREIN_SPOOL: job.path } });
    expect(watched.exitCode, watched.stdout).toBe(0);
    expect(annotations(watched)).toContain('checkrein-spool-a.ndjson: 1 line could not be read');
    expect(totalOf(await measuresIn(plot), 'tool.latency', { tool: 'a' }).count).toBe(1);
    expect(await readdir(job.path)).toEqual([]);
  });

  test('leaves the spool alone in a dry run, and says why when it cannot be read', async () => {
    await using place = await trackedPlace();
    const file = 'spool/checkrein-spool-a.ndjson';
    await mkdir(place.spool);
    await place.files.writeFile(file, callLine('a'));
    await place.files.writeFile('session.json', '{"type":"system"}');
    const words = ['watch', '--sessions', '*.json', '--json'];
    await runCli([...words, '--dry-run'], { cwd: place.path, env: { CHECKREIN_SPOOL: place.spool } });
    expect(await readdir(place.spool)).toEqual(['checkrein-spool-a.ndjson']);
    const blocked = await runCli(words, { cwd: place.path, env: { CHECKREIN_SPOOL: place.files.getPath(file) } });
    expect(blocked.exitCode).toBe(0);
    expect(blocked.stderr).toContain('cannot be read (ENOTDIR). Name a folder that may be read and written');
  });

  test('takes in spool files of the artifacts of an agent, beside its session, once', async () => {
    await using plot = await plantPlot({ runs: 0 });
    const run = plot.work(BEGAN);
    const spool =
      callLine('a', DURING) + callLine('a', DURING) + callLine('forged', DAY_BEFORE) + callLine('torn').slice(0, 50);
    plot.github.addArtifact(
      run,
      'measures',
      { '.checkrein/spool/checkrein-spool-x.ndjson': spool },
      { createdAt: DURING },
    );
    const watched = await plot.watch();
    expect(watched.outputs).toMatchObject({ 'cost-usd': '4' });
    expect(annotations(watched)).toContain(
      `run ${run.id}: in a spool file 1 line could not be read; it is line 3: its time cannot be right`,
    );
    await plot.heal();
    const { events } = await readLedger(plot);
    const measures = measuresOf(events);
    expect(totalOf(measures, 'tool.latency', { tool: 'a' })).toEqual({ count: 2, sum: 40 });
    expect(totalOf(measures, 'tool.latency').count).toBe(2);
    expect(events.filter(({ kind }) => kind === 'metrics.recorded').map(({ subject }) => subject)).toEqual([
      { kind: 'agent', name: 'fixer' },
    ]);
  });

  test('does not drown in a spool file that somebody made to be large', async () => {
    await using plot = await plantPlot({ runs: 0 });
    const run = plot.work(BEGAN);
    const lines = Array.from({ length: 60_000 }, (_, i) =>
      encodeSpoolLine({ v: 1, kind: 'metric', at: DURING, name: `m${i % 70}`, value: 1, labels: { nth: `${i}` } }),
    );
    plot.github.addArtifact(run, 'measures', { 'checkrein-spool.ndjson': lines.join('') }, { createdAt: DURING });
    const watched = await plot.watch();
    expect(watched.exitCode, watched.stdout).toBe(0);
    const measures = await measuresIn(plot);
    expect(measures.length).toBeLessThanOrEqual(20_001);
    expect(new Set(measures.map(({ metric }) => metric)).size).toBe(51);
    expect(totalOf(measures, 'spool.unreadable').sum).toBeGreaterThan(10_000);
  });
});

test('the package tells its types', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'track-types-'));
  try {
    await mkdir(join(folder, 'node_modules'));
    execFileSync('ln', ['-s', join(import.meta.dirname, '../..'), join(folder, 'node_modules/checkrein')]);
    const good = `import { flush, track, type TrackedCall } from 'checkrein';
      const call: TrackedCall = { server: 's', tool: 't', durationMs: 1, success: true };
      track(call); await flush();`;
    await writeFile(join(folder, 'good.mts'), good);
    await writeFile(
      join(folder, 'bad.mts'),
      `import { track } from 'checkrein'; track({ server: 's', tool: 't', success: true });`,
    );
    const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc');
    const check = (file: string) =>
      spawnSync(tsc, ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', '', file], {
        cwd: folder,
        encoding: 'utf8',
      });
    expect(check('good.mts')).toMatchObject({ status: 0, stdout: '' });
    expect(check('bad.mts').stdout).toContain("Property 'durationMs' is missing");
  } finally {
    await rm(folder, { recursive: true });
  }
});
