import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import {
  FIXER_LIMIT,
  GARDEN_CONFIG,
  type Garden,
  NEXT_EVENING,
  plantGarden,
  SPIKE_EVENING,
  SPIKE_USD,
} from './garden.ts';

const ISSUE_WRITES = /\/issues/;

describe('a month of three agents with a day at eight times the usual spend', () => {
  let garden: Garden;
  beforeEach(async () => {
    garden = await plantGarden();
  });
  afterEach(() => garden[Symbol.asyncDispose]());

  const watch = (): ReturnType<typeof runAction> =>
    runAction({
      github: garden.github,
      now: garden.clock.now,
      event: { name: 'schedule', payload: { schedule: '0 20 * * *' } },
    });
  const issueWrites = (): number =>
    garden.github.log.filter(({ method, path }) => method !== 'GET' && ISSUE_WRITES.test(path)).length;

  test('opens exactly one issue that names agent, day, amount, limit and runs; then changes nothing; then closes it', async () => {
    const first = await watch();
    expect(first.stderr).toBe('');
    expect(first.exitCode, first.stdout).toBe(0);
    expect(garden.github.world.issues).toHaveLength(1);
    const [issue] = garden.github.world.issues;
    expect(issue?.title).toContain('nightly-fixer');
    expect(issue?.title).toContain(SPIKE_EVENING.slice(0, 10));
    expect(issue?.title).toContain(`$${SPIKE_USD.toFixed(2)}`);
    expect(issue?.title).toContain(`$${FIXER_LIMIT.toFixed(2)}`);
    const spikeRuns = garden.github.world.runs.filter(
      ({ workflow, createdAt }) =>
        workflow === garden.workflows['nightly-fixer'] && createdAt >= SPIKE_EVENING.slice(0, 10),
    );
    expect(spikeRuns).toHaveLength(16);
    for (const { id } of spikeRuns) expect(issue?.body).toContain(`/actions/runs/${id}`);
    expect(issue?.body).toContain('xychart-beta');
    expect(issue?.body).toContain('docs/runbooks/budget.md');
    expect(first.outputs['status']).toBe('critical');
    expect(first.outputs['alerts']).toBe('1');
    // 16 runs of the fixer at $1.50, two of the triage at $0.40, two of the writer at $0.80.
    expect(Number(first.outputs['cost-usd'])).toBeCloseTo(26.4, 6);
    expect(first.summary).toContain('nightly-fixer');

    const writes = issueWrites();
    const before = garden.github.log.length;
    const second = await watch();
    expect(second.exitCode, second.stdout).toBe(0);
    expect(issueWrites()).toBe(writes);
    const quiet = garden.github.log.slice(before);
    expect(quiet.length).toBeLessThanOrEqual(25);
    expect(
      quiet.filter(({ method, path }) => method === 'POST' && path.endsWith('/git/commits')).length,
    ).toBeLessThanOrEqual(1);

    garden.clock.now = NEXT_EVENING;
    garden.usualDay(NEXT_EVENING);
    const third = await watch();
    expect(third.exitCode, third.stdout).toBe(0);
    expect(garden.github.world.issues).toHaveLength(1);
    expect(issue?.state).toBe('closed');
    expect(third.outputs['status']).toBe('healthy');
  });

  test('two runs at once lose nothing, double nothing and open one issue', async () => {
    const both = await Promise.all([watch(), watch()]);
    for (const run of both) expect(run.exitCode, run.stdout).toBe(0);
    expect(garden.github.world.issues).toHaveLength(1);
    const env = { GITHUB_TOKEN: garden.github.mintToken({ contents: 'read' }), GITHUB_API_URL: garden.github.url };
    const verified = await runCli(['ledger', 'verify', '--ledger', 'branch:octo/garden', '--json'], { env });
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, firstBad: null });
    const shown = await runCli(['ledger', 'show', '--ledger', 'branch:octo/garden', '--json'], { env });
    const events = shown.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; kind: string });
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.filter(({ kind }) => kind === 'session.recorded')).toHaveLength(garden.github.world.runs.length);
    expect(events.filter(({ kind }) => kind === 'watch.ran')).toHaveLength(2);
  });
});

describe('an agent with a schedule in the configuration', () => {
  test('is reported as silent once it did not run, and the issue is closed when it does', async () => {
    const schedule = "{ cron: '30 14 * * *', time_zone: Europe/Berlin }";
    const agents = `agents:\n  - { name: docs-writer, workflow: .github/workflows/docs-writer.yml, schedule: ${schedule} }\n`;
    await using garden = await plantGarden({
      config: `${GARDEN_CONFIG}${agents}rules: { anomaly: { schedule_grace: 3h } }\n`,
    });
    const watch = () => runAction({ github: garden.github, now: garden.clock.now });
    const silent = () => garden.github.world.issues.filter(({ title }) => title.includes('docs-writer'));
    expect((await watch()).exitCode).toBe(0);
    expect(silent()).toEqual([]);

    // Half past two in Berlin, in winter, is 13:30 in UTC; its last run began at 15:02 on the day before.
    garden.clock.now = '2026-11-21T16:29:00.000Z';
    expect((await watch()).exitCode).toBe(0);
    expect(silent()).toEqual([]);
    garden.clock.now = '2026-11-21T16:31:00.000Z';
    const told = await watch();
    expect(told.exitCode, told.stdout).toBe(0);
    expect(silent()).toHaveLength(1);
    expect(silent()[0]?.body).toContain('docs-writer was due at 2026-11-21 13:30 UTC and has not run since');

    garden.work('docs-writer', '2026-11-21T18:00:00.000Z');
    // What is seen gone ends after a quarter of an hour.
    for (const now of ['2026-11-21T18:30:00.000Z', '2026-11-21T18:50:00.000Z']) {
      garden.clock.now = now;
      expect((await watch()).exitCode).toBe(0);
    }
    expect(silent().map(({ state }) => state)).toEqual(['closed']);
  });
});
