import { resolve } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { after, SECOND } from '../../src/core/time.ts';
import { runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { GARDEN_CONFIG, plantGarden, SPIKE_EVENING } from './garden.ts';
import { QUICK_WAITS, readLedger } from './plot.ts';

const SERVER = resolve('test/fakes/mcp/server.mjs');

const CONFIRMED = `alerts:
  critical:
    - { name: servers_down, condition: health.mcpServers.status == 'unhealthy', duration: 1m, confirm: { samples: 3, every: 20s } }
    - { name: servers_gone, condition: health.mcpServers.status == 'unhealthy', duration: 10m, confirm: { samples: 1, every: 20s } }
    - { name: servers_late, condition: health.mcpServers.status == 'unhealthy', duration: 1m }
`;

describe('a rule that confirms what is sampled', () => {
  test('is sure of it within its first run, and no other rule is', { timeout: 120_000 }, async () => {
    const probe = `probes:\n  - { name: tickets, command: [node, '${SERVER}', dying], timeout: 10s, every: 1h }\n`;
    await using garden = await plantGarden({ config: `${GARDEN_CONFIG}${CONFIRMED}${probe}` });
    const watched = await runAction({ github: garden.github, now: garden.clock.now, env: QUICK_WAITS });
    expect(watched.exitCode, watched.stdout).toBe(0);
    const { events } = await readLedger(garden);
    const states = new Map(
      events.flatMap(({ kind, data }) =>
        kind === 'alert.changed' && 'name' in data.change ? [[data.change.name, data.change.kind] as const] : [],
      ),
    );
    expect([...states].filter(([name]) => name.startsWith('servers_')).sort()).toEqual([
      ['servers_down', 'activated'],
      ['servers_gone', 'pending'],
      // What another rule has sampled is there for all.
      ['servers_late', 'activated'],
    ]);
    // Its own sample and three more, twenty seconds apart.
    const probed = events.filter(({ kind }) => kind === 'health.probed').map(({ at }) => at);
    const [first = ''] = probed;
    expect(probed).toEqual([0, 20, 40, 60].map((seconds) => after(first, seconds * SECOND)));
    expect(garden.github.world.issues.some(({ title }) => title.includes('servers_down'))).toBe(true);
  });
});

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
