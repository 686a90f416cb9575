import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { runCli } from '../drivers/run-cli.ts';

describe('profile', () => {
  test('of the demo month shows servers, tools and where time is lost, and the same as JSON', async () => {
    await using files = await createFixture({});
    const at = { cwd: files.path };
    expect(await runCli(['demo', '--ledger', 'dir:month'], at)).toMatchObject({ exitCode: 0 });
    const shown = await runCli(['profile', '--ledger', 'dir:month'], at);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^github +\d/m);
    expect(shown.stdout).toContain('github › search_issues');
    expect(shown.stdout).toContain('where time is lost');

    const asked = ['profile', '--ledger', 'dir:month', '--server', 'github', '--since', '14d', '--json'];
    const found = JSON.parse((await runCli(asked, at)).stdout);
    expect(found.step).toBe('day');
    expect(found.tools.length).toBeGreaterThan(0);
    for (const { server, calls, p50Ms, p95Ms, p99Ms } of found.tools) {
      expect(server).toBe('github');
      expect(calls).toBeGreaterThan(0);
      expect(p50Ms).toBeLessThanOrEqual(p95Ms);
      expect(p95Ms).toBeLessThanOrEqual(p99Ms);
    }
  });

  test('of an empty ledger says that nothing is on record', async () => {
    await using files = await createFixture({});
    const { exitCode, stdout } = await runCli(['profile', '--ledger', `dir:${files.path}`], { cwd: files.path });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('No call of a tool is on record in this time.');
  });

  test('refuses a length of time that is none, and a server that nobody called, with the nearest name', async () => {
    await using files = await createFixture({});
    const at = { cwd: files.path };
    expect(await runCli(['profile', '--since', 'yesterday'], at)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        "--since takes a length of time from 1h to 180d, such as 24h or 7d, not 'yesterday'",
      ),
    });
    await runCli(['demo', '--ledger', 'dir:.checkrein'], at);
    expect(await runCli(['profile', '--server', 'gihub'], at)).toMatchObject({
      exitCode: 1,
      stderr:
        "checkrein: The ledger knows no MCP server 'gihub'. Did you mean 'github'? See the names with `checkrein profile`.\n",
    });
    await files.mkdir('empty');
    expect(await runCli(['profile', '--server', 'github', '--ledger', 'dir:empty'], at)).toMatchObject({
      exitCode: 1,
      stderr: "checkrein: The ledger knows no MCP server 'github'. No call of a server is on record yet.\n",
    });
  });
});
