import { resolve } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { runCli } from '../drivers/run-cli.ts';
import { GARDEN_CONFIG, plantGarden, SPIKE_EVENING } from './garden.ts';

const SERVER = resolve('test/fakes/mcp/server.mjs');

describe('health', () => {
  test('of a garden with a probed server stands in what watch shows, and its failure in an alert', async () => {
    const probe = (how: string) =>
      `probes:\n  - { name: tickets, command: [node, '${SERVER}', ${how}], timeout: 10s, every: 1m }\n`;
    await using garden = await plantGarden({ config: GARDEN_CONFIG + probe('dying') });
    await using files = await createFixture({});
    const watch = async () => {
      const words = ['watch', '--repo', 'octo/garden', '--ledger', 'dir:ledger', '--now', garden.clock.now, '--json'];
      const token = garden.github.mintToken({ actions: 'read', contents: 'read', issues: 'write' });
      const env = { GITHUB_TOKEN: token, GITHUB_API_URL: garden.github.url };
      const ran = await runCli(words, { cwd: files.path, env });
      expect(ran.exitCode, ran.stderr).toBe(0);
      return JSON.parse(ran.stdout);
    };
    const first = await watch();
    expect(first.health.components.database).toMatchObject({ status: 'healthy', score: 100 });
    expect(first.health.components.telemetry).toMatchObject({ status: 'healthy' });
    expect(first.health.servers).toMatchObject([{ name: 'tickets', score: 0, status: 'unhealthy' }]);
    expect(first.findings).toContainEqual(
      expect.objectContaining({
        rule: 'unhealthy',
        outcome: 'violated',
        reason: 'The MCP server tickets has a health of 0 of 100. It did not answer: it ended before it answered.',
      }),
    );

    await garden.github.commitFile('main', '.github/checkrein.yml', GARDEN_CONFIG + probe('well'));
    garden.clock.now = SPIKE_EVENING.replace('T20:00', 'T20:30');
    const second = await watch();
    expect(second.health.servers).toMatchObject([{ name: 'tickets', score: 100, status: 'healthy' }]);
  });
});
