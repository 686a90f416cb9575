import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { runCli } from '../drivers/run-cli.ts';
import { contentsOf } from './contents.ts';

describe('demo', () => {
  test('lives through a month into a ledger that proves whole, and tells what to try next', async () => {
    await using files = await createFixture({});
    const { exitCode, stdout, stderr } = await runCli(['demo', '--ledger', 'dir:month'], { cwd: files.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const part of ['Fleet', 'Budgets', 'Alerts', 'Issues it would write', 'nightly-fixer', '● critical']) {
      expect(stdout).toContain(part);
    }
    const next = stdout.split('\n').flatMap((line) => /(ledger verify --ledger dir:month)$/.exec(line)?.[1] ?? []);
    expect(next).toHaveLength(1);
    const verified = await runCli((next[0] ?? '').split(' '), { cwd: files.path });
    expect(verified.exitCode).toBe(0);
    expect(verified.stdout).toMatch(/^dir:month: whole\. \d+ events in \d+ batches; head is batch/);
    expect(Object.keys(await contentsOf(files.path)).every((path) => path.startsWith(files.getPath('month')))).toBe(
      true,
    );
  });

  test('without a folder for temporary files says where else it can be kept', async () => {
    const { exitCode, stdout, stderr } = await runCli(['demo'], { env: { TMPDIR: '/not/there' } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(
      'checkrein: No folder could be made for the demo in /not/there (ENOENT). ' +
        'Say where to keep it with --ledger dir:PATH, or set TMPDIR to a folder that you may write to.\n',
    );
  });

  test('is the same month at every run, and another with another seed', async () => {
    const first = await runCli(['demo', '--json', '--ledger', 'memory:']);
    const second = await runCli(['demo', '--json', '--ledger', 'memory:']);
    const other = await runCli(['demo', '--json', '--ledger', 'memory:', '--seed', '7']);
    expect(first.exitCode).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    const [one, seven] = [first, other].map(({ stdout }) => JSON.parse(stdout));
    expect(one).toMatchObject({ repo: 'octo/garden', status: 'critical', applied: [], requests: 0 });
    expect(one.plan.length).toBeGreaterThan(0);
    expect(seven.metrics.month.sessions.tokenUsage.cost).not.toBe(one.metrics.month.sessions.tokenUsage.cost);
  });

  test('does not put made-up events into a ledger that holds others', async () => {
    await using files = await createFixture({ 'x.json': '' });
    await runCli(['watch', '--sessions', 'x.json'], { cwd: files.path });
    const kept = await contentsOf(files.path);
    const { exitCode, stdout, stderr } = await runCli(['demo', '--ledger', 'dir:.checkrein'], { cwd: files.path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('dir:.checkrein holds a ledger already, which made-up events must not get into');
    expect(await contentsOf(files.path)).toEqual(kept);
  });
});
