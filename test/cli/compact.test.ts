import { generateKeyPairSync } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { createFixture, type FsFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { runCli } from '../drivers/run-cli.ts';
import { executionFile } from '../flows/execution-file.ts';

/** A folder with a ledger of three days of June, each of which brought a session of a dollar. */
async function threeDays(): Promise<FsFixture> {
  const files = await createFixture({});
  for (const day of ['01', '02', '03']) {
    const at = `2026-06-${day}T09:00:00.000Z`;
    await files.writeFile(`${day}.json`, executionFile({ id: `s${day}`, usd: 1, startedAt: at }));
    await runCli(['watch', '--sessions', '*.json', '--now', at], { cwd: files.path });
  }
  return files;
}

async function pathsIn(files: FsFixture): Promise<readonly string[]> {
  const entries = await readdir(files.getPath('.checkrein'), { recursive: true });
  return entries.filter((path) => !path.startsWith('journal')).sort();
}

describe('ledger compact', () => {
  test('takes away what is older than the configuration says, and what is left is whole and remade alike', async () => {
    await using files = await threeDays();
    const words = ['ledger', 'compact', '--now', '2026-09-15T09:00:00.000Z'];
    const { exitCode, stdout } = await runCli([...words, '--json'], { cwd: files.path });
    expect(exitCode).toBe(0);
    const done = JSON.parse(stdout);
    expect(done).toMatchObject({ historyKept: null, cut: { batch: done.head.batch - 1 } });
    expect(done.dropped).toBeGreaterThan(6);
    const paths = await pathsIn(files);
    expect(paths.filter((path) => path.startsWith('events/2026/06/'))).toEqual([]);
    expect(paths).toContain('rollups/day/2026-06-0.ndjson');
    expect(paths.filter((path) => path.startsWith('rollups/hour/'))).toEqual([]);
    const verified = await runCli(['ledger', 'verify'], { cwd: files.path });
    expect(verified).toMatchObject({ exitCode: 0, stderr: '' });
    expect(verified.stdout).toMatch(
      /whole\. \d+ events? in 1 batch after the cut at batch \d+ \(\d+ of the \d+ events/,
    );
    const before = await files.readFile('.checkrein/state.json', 'utf8');
    await files.rm('.checkrein/state.json');
    expect((await runCli(['ledger', 'rebuild'], { cwd: files.path })).exitCode).toBe(0);
    expect(await files.readFile('.checkrein/state.json', 'utf8')).toBe(before);
    const text = await runCli(words, { cwd: files.path });
    expect(text.stdout).toMatch(/^dir:.checkrein: no event had to go; batches up to \d+ are cut off; /);
  });

  test.each([
    ['events kept for less than a run may last', 'retention: { events: 10d }', /retention\.events.*35d at least/s],
    ['a slip of the pen', 'retention: { event: 90d }', /event.*events/s],
  ])('%s is refused with what would do', async (_name, text, message) => {
    await using files = await createFixture({ 'checkrein.yml': `version: 1\n${text}\n` });
    const { exitCode, stderr } = await runCli(['ledger', 'compact', '--config', 'checkrein.yml'], { cwd: files.path });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('takes --config alone among the verbs of ledger', async () => {
    const { exitCode, stderr } = await runCli(['ledger', 'verify', '--config', 'x.yml'], {});
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--config goes with 'ledger compact' only.")]);
  });

  test('signs the record of a cut where there is a key, and verify finds a record that was signed by nobody we know', async () => {
    await using files = await threeDays();
    const pem = (): string => {
      const { privateKey } = generateKeyPairSync('ed25519');
      return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    };
    const [ours, theirs] = [pem(), pem()];
    await files.writeFile('ours.pem', ours);
    await files.writeFile('theirs.pem', theirs);
    const env = { CHECKREIN_SIGNING_KEY: ours };
    await runCli(['ledger', 'compact', '--now', '2026-09-15T09:00:00.000Z'], { cwd: files.path, env });
    const verify = (key: string): ReturnType<typeof runCli> =>
      runCli(['ledger', 'verify', '--key', key, '--json'], { cwd: files.path });
    const good = await verify('ours.pem');
    expect(good.exitCode).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ ok: true, cut: { signed: true }, signatures: { faults: [] } });
    const bad = await verify('theirs.pem');
    expect(bad.exitCode).toBe(1);
    expect(JSON.parse(bad.stdout).signatures.faults).toMatchObject([{ fault: 'other_key' }]);
  });
});

test('watch compacts by itself once a day, and catches up on days that it missed', async () => {
  await using files = await threeDays();
  const watchAt = (now: string): ReturnType<typeof runCli> =>
    runCli(['watch', '--sessions', '*.json', '--now', now, '--json'], { cwd: files.path });
  const compactions = async (): Promise<number> => {
    const { stdout } = await runCli(['ledger', 'show', '--kind', 'ledger.compacted', '--json'], { cwd: files.path });
    return stdout.split('\n').filter((line) => line !== '').length;
  };
  // The second and the third day have each compacted; nothing was old enough for a cut.
  expect(await compactions()).toBe(2);
  const { exitCode, stdout } = await watchAt('2026-09-15T09:00:00.000Z');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).complaints ?? []).toEqual([]);
  expect((await pathsIn(files)).filter((path) => path.endsWith('record.json'))).toHaveLength(1);
  await watchAt('2026-09-15T20:00:00.000Z');
  expect(await compactions()).toBe(3);
  expect((await runCli(['ledger', 'verify'], { cwd: files.path })).exitCode).toBe(0);
  const cost = JSON.parse((await watchAt('2026-09-15T21:00:00.000Z')).stdout);
  expect(cost.ledger.appended).toBeLessThan(5);
});
