import { appendFile, chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFixture, type FsFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { runCli } from '../drivers/run-cli.ts';
import { executionFile } from '../flows/execution-file.ts';
import { plantGarden } from '../flows/garden.ts';
import { contentsOf } from './contents.ts';

/** A folder with a ledger of three runs, each of which found one more session. */
async function threeRuns(): Promise<FsFixture> {
  const files = await createFixture({});
  for (const hour of ['09', '10', '11']) {
    const at = `2026-11-20T${hour}:00:00.000Z`;
    await files.writeFile(`${hour}.json`, executionFile({ id: `s${hour}`, usd: 1, startedAt: at }));
    await runCli(['watch', '--sessions', '*.json', '--now', at], { cwd: files.path });
  }
  return files;
}

const eventFile = (files: FsFixture): string => files.getPath('.checkrein/events/2026/11/2026-11-20.ndjson');

describe('ledger verify', () => {
  test('says that a whole ledger is whole, with its head', async () => {
    await using files = await threeRuns();
    const { exitCode, stdout } = await runCli(['ledger', 'verify', '--json'], { cwd: files.path });
    expect(exitCode).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ ok: true, firstBad: null, head: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(found.batches).toBe(found.head.batch);
    expect(found.events).toBeGreaterThanOrEqual(6);
    const text = await runCli(['ledger', 'verify'], { cwd: files.path });
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text.stdout).toBe(
      `dir:.checkrein: whole. ${found.events} events in ${found.batches} batches; ` +
        `head is batch ${found.head.batch}, ${found.head.hash}.\n`,
    );
  });

  test.each([
    [
      'an amount that somebody changed',
      (text: string) => text.replace('"usd":1,', '"usd":2,').replace('"usd":1}', '"usd":2}'),
    ],
    ['a line that somebody took out', (text: string) => text.slice(text.indexOf('\n') + 1)],
    ['bytes that are no JSON', (text: string) => `garbage${text.slice(7)}`],
  ])('finds %s, and ends with 1', async (_name, damage) => {
    await using files = await threeRuns();
    const path = eventFile(files);
    const text = await readFile(path, 'utf8');
    const damaged = damage(text);
    expect(damaged).not.toBe(text);
    await writeFile(path, damaged);
    const json = await runCli(['ledger', 'verify', '--json'], { cwd: files.path });
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      firstBad: { batch: 1, path: expect.stringContaining('2026-11-20.ndjson'), reason: expect.any(String) },
    });
    const told = await runCli(['ledger', 'verify'], { cwd: files.path });
    expect(told.exitCode).toBe(1);
    expect(told.stdout).toMatch(/^dir:\.checkrein: DAMAGED at batch 1, /);
  });

  test('does not heal, move or write anything', async () => {
    await using files = await threeRuns();
    await appendFile(eventFile(files), '{"torn":');
    const before = await contentsOf(files.path);
    await runCli(['ledger', 'verify'], { cwd: files.path });
    await runCli(['ledger', 'show'], { cwd: files.path });
    expect(await contentsOf(files.path)).toEqual(before);
  });

  test('does not call a ledger whole that is not there, and makes none', async () => {
    await using files = await createFixture({});
    const { exitCode, stdout } = await runCli(['ledger', 'verify', '--ledger', 'dir:none'], { cwd: files.path });
    expect([exitCode, stdout]).toEqual([
      1,
      'dir:none: NOT PROVEN: there is no ledger here. `watch` creates one; if there was one, it was deleted or the address is wrong.\n',
    ]);
    const json = await runCli(['ledger', 'verify', '--json'], { cwd: files.path });
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, head: null, firstBad: null, events: 0 });
    expect(await readdir(files.path)).toEqual([]);
  });

  test('does not call a branch whole that nobody has made', async () => {
    await using plot = await plantGarden({ config: null });
    const env = { GITHUB_TOKEN: plot.github.mintToken({ contents: 'read' }), GITHUB_API_URL: plot.github.url };
    const { exitCode, stdout } = await runCli(['ledger', 'verify', '--ledger', 'branch:octo/garden'], { env });
    expect(exitCode, stdout).toBe(1);
    expect(stdout).toContain('NOT PROVEN: there is no ledger here.');
  });

  // Root may read everything, so that nothing would be refused.
  test.skipIf(process.getuid?.() === 0)('says when it may not read the folder (skipped: runs as root)', async () => {
    await using files = await threeRuns();
    await chmod(eventFile(files), 0);
    const { exitCode, stdout, stderr } = await runCli(['ledger', 'verify'], { cwd: files.path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^checkrein: .*may not be (written or )?read.*\.\n$/);
  });

  test('a file in the place of the folder is said', async () => {
    await using files = await createFixture({ taken: 'x' });
    for (const verb of ['verify', 'show', 'rebuild']) {
      const { exitCode, stdout, stderr } = await runCli(['ledger', verb, '--ledger', 'dir:taken'], { cwd: files.path });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain('a file stands where a folder should be');
    }
  });
});

describe('ledger rebuild', () => {
  test('remakes a lost or ruined checkpoint, the same to the byte', async () => {
    await using files = await threeRuns();
    const checkpoint = files.getPath('.checkrein/state.json');
    const kept = await readFile(checkpoint, 'utf8');
    await writeFile(checkpoint, '{"ruined');
    const { exitCode, stdout } = await runCli(['ledger', 'rebuild'], { cwd: files.path });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^dir:\.checkrein: checkpoint remade up to batch \d+, [0-9a-f]{64}\.\n$/);
    expect(await readFile(checkpoint, 'utf8')).toBe(kept);
    await rm(checkpoint);
    const json = await runCli(['ledger', 'rebuild', '--json'], { cwd: files.path });
    expect(JSON.parse(json.stdout)).toEqual({ head: { batch: expect.any(Number), hash: expect.any(String) } });
    expect(await readFile(checkpoint, 'utf8')).toBe(kept);
  });
});

describe.each([
  ['rebuild', 'there is nothing to remake'],
  ['compact', 'there is nothing to compact'],
])('ledger %s', (verb, why) => {
  test.each(['dir:ledgre', 'dir:.', 'memory:'])(
    'fails where there is no ledger (%s), as JSON too, and makes none',
    async (address) => {
      await using files = await createFixture({ 'notes.txt': 'mine' });
      for (const more of [[], ['--json']]) {
        const { exitCode, stdout, stderr } = await runCli(['ledger', verb, '--ledger', address, ...more], {
          cwd: files.path,
        });
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
        expect(stderr).toBe(
          `checkrein: There is no ledger at ${address}: ${why}. Check the address that --ledger names, or the folder ` +
            'that you are in; `checkrein watch` makes a ledger.\n',
        );
      }
      expect(await readdir(files.path)).toEqual(['notes.txt']);
    },
  );

  test('fails on a branch that nobody has made', async () => {
    await using plot = await plantGarden({ config: null });
    const env = { GITHUB_TOKEN: plot.github.mintToken({ contents: 'write' }), GITHUB_API_URL: plot.github.url };
    const { exitCode, stdout, stderr } = await runCli(['ledger', verb, '--ledger', 'branch:octo/garden@ledgre'], {
      env,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`There is no ledger at branch:octo/garden@ledgre: ${why}.`);
  });

  test('does what it should with the first ledger that `watch` makes', async () => {
    await using files = await createFixture({
      'a.json': executionFile({ id: 'a', usd: 1, startedAt: '2026-11-20T09:00:00Z' }),
    });
    await runCli(['watch', '--sessions', 'a.json', '--now', '2026-11-20T09:00:00.000Z'], { cwd: files.path });
    expect(await runCli(['ledger', verb], { cwd: files.path })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('ledger show', () => {
  test('streams events in order, one a line, and only those of the kinds asked for', async () => {
    await using files = await threeRuns();
    const lines = async (...more: readonly string[]): Promise<readonly string[]> =>
      (await runCli(['ledger', 'show', ...more], { cwd: files.path })).stdout.trimEnd().split('\n');
    const all = (await lines('--json')).map((line) => JSON.parse(line));
    expect(all[0]).toMatchObject({
      v: 1,
      id: expect.any(String),
      kind: expect.any(String),
      at: expect.any(String),
      repo: 'local',
    });
    const { events } = JSON.parse((await runCli(['ledger', 'verify', '--json'], { cwd: files.path })).stdout);
    expect(all).toHaveLength(events);
    const sessions = (await lines('--json', '--kind', 'session.recorded')).map((line) => JSON.parse(line));
    expect(sessions.map(({ id }) => id)).toEqual(['session:file:s09', 'session:file:s10', 'session:file:s11']);
    const two = await lines('--kind', 'session.recorded', '--kind', 'watch.ran');
    expect(two.length).toBeGreaterThan(sessions.length);
    expect(two.every((line) => /^\S{24} {2}(session\.recorded|watch\.ran) +\S+:\S+ +\S+$/.test(line))).toBe(true);
  });

  test('says on the error screen that there is nothing, so that JSON stays JSON', async () => {
    await using files = await threeRuns();
    const none = await runCli(['ledger', 'show', '--ledger', 'memory:', '--json'], { cwd: files.path });
    expect(none).toMatchObject({ exitCode: 0, stdout: '', stderr: 'checkrein: memory: holds no events.\n' });
    const kind = await runCli(['ledger', 'show', '--kind', 'ledger.damaged'], { cwd: files.path });
    expect(kind).toMatchObject({ exitCode: 0, stdout: '', stderr: 'checkrein: dir:.checkrein holds no such event.\n' });
  });

  test.each([['ledger', 'show'], ['waste'], ['queue'], ['improvements'], ['shadow']])(
    'a folder that is not there is no empty history for `%s %s`',
    async (...words) => {
      await using files = await createFixture({});
      const wanted = [...words.filter((word) => word !== undefined), '--ledger', 'dir:ledgre', '--json'];
      const { exitCode, stdout, stderr } = await runCli(wanted, { cwd: files.path });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(
        /^checkrein: There is no ledger at dir:ledgre: the folder is not there\. Check the address/,
      );
      expect(await readdir(files.path)).toEqual([]);
    },
  );

  test('no event can command a terminal', async () => {
    await using files = await createFixture({
      'a.json': executionFile({ id: '\u001b[31m\u009b1m', usd: 1, startedAt: '2026-11-20T09:00:00Z' }),
    });
    await runCli(['watch', '--sessions', 'a.json'], { cwd: files.path });
    for (const more of [[], ['--json']]) {
      const { stdout } = await runCli(['ledger', 'show', ...more], { cwd: files.path });
      expect(stdout).toContain('session.recorded');
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  test('the folder tells what it is', async () => {
    await using files = await threeRuns();
    expect(await readFile(join(files.path, '.checkrein/README.md'), 'utf8')).toContain('Checkrein');
  });
});
