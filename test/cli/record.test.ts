import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeSpoolLine } from '../../src/core/spool-line.ts';
import { fromMs } from '../../src/core/time.ts';
import { ROOT } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';
import { totalOf, trackedPlace } from '../kit/tracking.ts';

describe('checkrein record metric', () => {
  test('writes one value with its labels', async () => {
    await using place = await trackedPlace();
    const done = await place.record([
      'metric',
      'build.duration',
      '412.5',
      '--label',
      'target=linux',
      '--label',
      'kind=full',
    ]);
    expect(done).toMatchObject({ exitCode: 0, stdout: 'Recorded 1 metric in dir:.checkrein.\n', stderr: '' });
    expect(await place.measures()).toEqual([
      expect.objectContaining({
        metric: 'build.duration',
        labels: { target: 'linux', kind: 'full' },
        minute: expect.stringMatching(/:00\.000Z$/),
        aggregate: { count: 1, sum: 412.5, min: 412.5, max: 412.5, unknown: 0 },
      }),
    ]);
  });

  test.each([
    ['-4.5', -4.5],
    ['1e3', 1_000],
    ['0', 0],
    ['.5', 0.5],
  ])('takes %s for a number', async (value, expected) => {
    await using place = await trackedPlace();
    expect((await place.record(['metric', 'x', value])).exitCode).toBe(0);
    expect(totalOf(await place.measures(), 'x')).toEqual({ count: 1, sum: expected });
  });

  test.each([
    [['metric'], 'A metric is a name and one number'],
    [['metric', 'x'], 'A metric is a name and one number'],
    [['metric', 'x', '1', '2'], 'A metric is a name and one number'],
    [
      ['metric', 'x', 'NaN'],
      "The value of a metric is a number such as 412 or 0.5, between -1e15 and 1e15, not 'NaN'.",
    ],
    [['metric', 'x', '0x10'], "not '0x10'"],
    [['metric', 'x', ''], "not ''"],
    [['metric', 'x', '1e400'], "not '1e400'"],
    [['metric', 'Build Duration', '4'], "Did you mean 'build.duration'?"],
    [['metric', 'tool.latency', '4'], "Names that begin with 'tool.' are Checkrein's own"],
    [['metric', 'x', '4', '--label', 'linux'], "--label wants KEY=VALUE, such as target=linux, not 'linux'."],
    [['metric', 'x', '4', '--label', 'Target=linux'], "begins with a letter, not 'Target'"],
    [['metric', 'x', '4', '--label', 'target='], "The label 'target' has no value."],
    [['metric', 'x', '4', '--label', 'a=1', '--label', 'a=2'], "The label 'a' is given twice."],
    [
      ['metric', 'x', '4', ...'abcdefghi'.split('').flatMap((key) => ['--label', `${key}=1`])],
      'at most 8 labels, not 9',
    ],
    [['metric', 'x', '4', '--lable', 'a=1'], "Did you mean '--label'?"],
    [['metric', 'x', '4', '--spool', 'y'], "--spool belongs to 'record spool'"],
    [['metrik', 'x', '4'], "'record' knows no 'metrik'. Did you mean 'metric'?"],
    [['event'], 'An event is one word for its type'],
    [['event', 'release', 'published'], 'An event is one word for its type'],
    [['event', 'releasePublished'], "Did you mean 'release_published'?"],
    [['spool', 'here'], "'record spool' takes no words or labels."],
    [['--label', 'a=1'], "'record spool' takes no words or labels."],
    [['event', 'x', '--repo', 'garden'], "A repository is named OWNER/NAME, not 'garden'."],
    [['event', 'x', '--now', 'noon'], '--now wants an ISO 8601 moment'],
    [['event', 'x', '--ledger', 'file:x'], 'The address of the ledger is not one that Checkrein knows'],
  ])('refuses %j, and writes nothing', async (words, sentence) => {
    await using place = await trackedPlace();
    const refused = await place.record(words);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(sentence);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    expect(await readdir(place.path)).not.toContain('.checkrein');
  });
});

describe('checkrein record event', () => {
  test('writes an event of its type, about the repository that is named', async () => {
    await using place = await trackedPlace();
    const words = ['event', 'release.published', '--label', 'channel=beta 2', '--repo', 'octo/garden', '--json'];
    const done = await place.record([...words, '--now', '2026-11-21T09:30:15Z']);
    expect(JSON.parse(done.stdout)).toEqual({
      repo: 'octo/garden',
      ledger: { place: 'dir:.checkrein', head: { batch: 1, hash: expect.any(String) }, appended: 1 },
      metrics: 0,
      events: 1,
      reports: 0,
      spool: null,
      complaints: [],
    });
    expect(await place.events()).toEqual([
      {
        v: 1,
        id: expect.stringMatching(/^event:/),
        kind: 'event.recorded',
        at: '2026-11-21T09:30:15.000Z',
        seen: '2026-11-21T09:30:15.000Z',
        repo: 'octo/garden',
        subject: { kind: 'repository', name: 'octo/garden' },
        data: { type: 'release.published', labels: { channel: 'beta 2' } },
      },
    ]);
  });

  test('keeps no secret in a label', async () => {
    await using place = await trackedPlace();
    await place.record(['event', 'x', '--label', 'by=mona@example.test']);
    expect(JSON.stringify(await place.events())).not.toContain('mona@');
  });

  test('counts each time that it is asked', async () => {
    await using place = await trackedPlace();
    for (let i = 0; i < 3; i++) await place.record(['event', 'x', '--now', '2026-11-21T09:30:15Z']);
    expect(await place.events()).toHaveLength(3);
    const { exitCode } = await runCli(['ledger', 'verify'], { cwd: place.path });
    expect(exitCode).toBe(0);
  });
});

test('the package loads little: it runs inside the programs of others', async () => {
  const files = new Set<string>();
  const follow = async (path: string): Promise<number> => {
    if (files.has(path)) return 0;
    files.add(path);
    const text = await readFile(path, 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g)].map(([, name = '']) =>
      join(dirname(path), name),
    );
    const sizes = await Promise.all(imports.map(follow));
    return sizes.reduce((sum, size) => sum + size, text.length);
  };
  const size = await follow(join(ROOT, 'dist/track.js'));
  expect(files.size).toBeGreaterThan(1);
  expect(size).toBeLessThan(40_000);
});

describe('checkrein record spool', () => {
  test('takes in what a program has tracked with the package', async () => {
    await using place = await trackedPlace();
    const tracked = await place.run(`
      import { track } from 'checkrein';
      for (let i = 0; i < 250; i++) track({ server: 'github', tool: 'get_issue', durationMs: i, success: i % 10 !== 0, errorMessage: 'status code 404' });
    `);
    expect(tracked).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    const done = await place.record([]);
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).toBe(`Took 250 lines of 1 file from the spool ${place.spool} into dir:.checkrein.\n`);
    const measures = await place.measures();
    const labels = { server: 'github', tool: 'get_issue' };
    // 0 + 1 + … + 249.
    expect(totalOf(measures, 'tool.latency', labels)).toEqual({ count: 250, sum: 31_125 });
    expect(totalOf(measures, 'tool.errors', labels)).toEqual({ count: 250, sum: 25 });
    expect(totalOf(measures, 'tool.failures', { ...labels, error: 'http_404' })).toEqual({ count: 25, sum: 25 });
    expect(await readdir(place.spool)).toEqual([]);
    const again = await place.record(['spool', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      ledger: { appended: 0 },
      spool: { files: 0, lines: 0, known: 0 },
    });
  });

  test('takes in what a program in any language has written, and names what cannot be read', async () => {
    await using place = await trackedPlace();
    const at = fromMs(Date.now());
    await mkdir(place.spool);
    await writeFile(
      join(place.spool, 'checkrein-spool-build.ndjson'),
      `${encodeSpoolLine({ v: 1, kind: 'metric', at, name: 'queue.depth', value: 7, labels: { queue: 'in' } })}prompt: tell me\n`,
    );
    const done = await place.record(['spool']);
    expect(done.exitCode).toBe(0);
    expect(done.stderr).toBe(
      'checkrein: checkrein-spool-build.ndjson: 1 line could not be read; it is line 2: the line is no JSON\n',
    );
    expect(totalOf(await place.measures(), 'queue.depth', { queue: 'in' })).toEqual({ count: 1, sum: 7 });
    expect(JSON.stringify(await place.events())).not.toContain('tell me');
  });

  test('leaves the spool whole when the ledger cannot be written', async () => {
    await using place = await trackedPlace();
    await place.run(
      `import { track } from 'checkrein'; track({ server: 's', tool: 't', durationMs: 1, success: true });`,
    );
    await place.files.writeFile('blocked', '');
    const failed = await place.record(['spool', '--ledger', 'dir:blocked']);
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(failed.stderr).toContain('a file stands where a folder should be');
    const done = await place.record(['spool', '--json']);
    expect(JSON.parse(done.stdout)).toMatchObject({ spool: { files: 1, lines: 1 } });
  });

  test('finds the spool of a job among its temporary files', async () => {
    await using place = await trackedPlace();
    const env = { CHECKREIN_SPOOL: '', RUNNER_TEMP: place.files.getPath('temp') };
    const source = `import { track } from 'checkrein'; track({ server: 's', tool: 't', durationMs: 1, success: true });`;
    await place.run(source, [], { env });
    expect(await readdir(place.files.getPath('temp/.checkrein/spool'))).toHaveLength(1);
    expect((await place.record([], { env })).stdout).toContain('Took 1 line of 1 file');
  });

  test('writes into memory too, which keeps nothing', async () => {
    await using place = await trackedPlace();
    expect((await place.record(['metric', 'x', '1', '--ledger', 'memory:'])).stdout).toBe(
      'Recorded 1 metric in memory:.\n',
    );
  });
});
