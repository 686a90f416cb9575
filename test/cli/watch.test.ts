import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/metrics/catalogue.ts';
import { ROOT } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';
import { executionFile } from '../flows/execution-file.ts';
import { contentsOf } from './contents.ts';

const AT = '2026-11-20T09:00:00.000Z';
const NOW = '2026-11-20T18:00:00Z';

/** Two sessions of $30 each on one day: more than the $50 that the default budget allows. */
function twoSessions(): ReturnType<typeof createFixture> {
  return createFixture({
    'logs/a.json': executionFile({ id: 's1', usd: 30, startedAt: AT }),
    'logs/b.json': executionFile({ id: 's2', usd: 30, startedAt: '2026-11-20T10:00:00.000Z' }),
  });
}

const WATCH = ['watch', '--sessions', 'logs/*.json', '--agent', 'fixer', '--now', NOW] as const;

describe('watch with session files', () => {
  test('prints the report of the contract, alone on one line', async () => {
    await using files = await twoSessions();
    const { exitCode, stdout, stderr } = await runCli([...WATCH, '--json'], { cwd: files.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.indexOf('\n')).toBe(stdout.length - 1);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([
        'now',
        'repo',
        'status',
        'requests',
        'ledger',
        'metrics',
        'findings',
        'alerts',
        'plan',
        'applied',
      ]),
    );
    expect(report).toMatchObject({ now: '2026-11-20T18:00:00.000Z', repo: 'local', status: 'critical', requests: 0 });
    expect(report.ledger).toEqual({
      head: { batch: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      appended: expect.any(Number),
    });
    expect(report.metrics.sessions).toMatchObject({ total: 2, completed: 2, failed: 0, tokenUsage: { cost: 60 } });
    expect(report.metrics.agents.fixer.sessions.total).toBe(2);
    for (const { name } of CATALOGUE) {
      const value = name
        .replace(/\.\*.*/, '')
        .split('.')
        .reduce((tree, part) => tree?.[part], report.metrics);
      expect(value, name).not.toBe(undefined);
    }
    const breach = report.findings.find(({ outcome }: { outcome: string }) => outcome === 'violated');
    expect(breach).toEqual({
      rule: 'budget',
      subject: 'repository:local',
      outcome: 'violated',
      severity: 'critical',
      value: 60,
      expected: 50,
      reason: expect.stringContaining('$60.00 of $50.00'),
    });
    expect(report.alerts[0]).toEqual({
      name: 'budget',
      subject: 'repository:local',
      state: 'active',
      severity: 'critical',
      episode: 1,
      since: '2026-11-20T18:00:00.000Z',
      value: 60,
      limit: 50,
      acknowledged: null,
      silencedUntil: null,
    });
    expect(report.plan[0]).toEqual({
      key: expect.stringMatching(/^issue:/),
      kind: 'issue',
      because: expect.any(String),
      target: 'issue:new',
    });
    // There is no GitHub, so nothing can have been applied.
    expect(report.applied).toEqual([]);
  });

  test('the same files again are no new sessions, and a program of another kind reads the same from its ledger', async () => {
    await using files = await twoSessions();
    await runCli(WATCH, { cwd: files.path });
    const again = await runCli([...WATCH.slice(0, -1), '2026-11-20T19:00:00Z', '--json'], { cwd: files.path });
    expect(JSON.parse(again.stdout).metrics.sessions).toMatchObject({ total: 2, tokenUsage: { cost: 60 } });
    const shown = await runCli(['ledger', 'show', '--kind', 'session.recorded', '--json'], { cwd: files.path });
    expect(shown.stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('shows people the fleet, the budgets, the alert and the issue it would write', async () => {
    await using files = await twoSessions();
    const { exitCode, stdout, stderr } = await runCli(WATCH, { cwd: files.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/fixer .* \$60\.00/);
    expect(stdout).toMatch(/repo-day .* 120 % {2}\$60\.00 of \$50\.00/);
    expect(stdout).toContain('A budget runs out');
    expect(stdout).toContain('Issues it would write');
    // No terminal: no colours, no progress line.
    expect(stdout).not.toContain('\u001b');
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });

  test('colours only where they are asked for or a terminal is', async () => {
    await using files = await twoSessions();
    const coloured = await runCli(WATCH, { cwd: files.path, env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[1m');
    const refused = await runCli([...WATCH, '--dry-run'], { cwd: files.path, env: { FORCE_COLOR: '0' } });
    expect(refused.stdout).not.toContain('\u001b');
  });

  test('a dry run shows the same and writes nothing, neither with a ledger nor without one', async () => {
    await using files = await twoSessions();
    const before = await contentsOf(files.path);
    const rehearsed = JSON.parse((await runCli([...WATCH, '--dry-run', '--json'], { cwd: files.path })).stdout);
    expect(await contentsOf(files.path)).toEqual(before);
    expect(rehearsed).toMatchObject({ status: 'critical', ledger: { head: null }, applied: [] });

    const real = JSON.parse((await runCli([...WATCH, '--json'], { cwd: files.path })).stdout);
    expect(rehearsed.findings).toEqual(real.findings);
    expect(rehearsed.plan).toEqual(real.plan);
    const kept = await contentsOf(files.path);
    expect(Object.keys(kept).length).toBeGreaterThan(Object.keys(before).length);
    await runCli([...WATCH, '--dry-run'], { cwd: files.path });
    expect(await contentsOf(files.path)).toEqual(kept);
  });

  test('what could not be read is told, also beside JSON, and ends nothing', async () => {
    await using files = await createFixture({
      'bad.json': '{"type":',
      'a.json': executionFile({ id: 's', usd: 1, startedAt: AT }),
    });
    const words = [
      'watch',
      '--sessions',
      '*.json',
      '--sessions',
      'bad.json',
      '--sessions',
      'none/*.json',
      '--now',
      NOW,
    ];
    const told = await runCli([...words, '--ledger', 'memory:', '--json'], { cwd: files.path });
    expect(told.exitCode).toBe(0);
    expect(JSON.parse(told.stdout).metrics.sessions.total).toBe(1);
    expect(told.stderr).toContain('checkrein: none/*.json: no file matches\n');
    expect(told.stderr).toMatch(/^checkrein: bad\.json: /m);
    const shown = await runCli([...words, '--ledger', 'memory:'], { cwd: files.path });
    expect(shown.stdout).toContain('Not seen or not done');
    expect(shown.stderr).toBe('');
  });

  test('a channel that takes no message is told of once, with how many did not arrive', async () => {
    const rule = (name: string): string => `{ name: ${name}, condition: metrics.sessions.total > 0, channels: [ops] }`;
    await using files = await createFixture({
      'a.json': executionFile({ id: 's', usd: 1, startedAt: AT }),
      'c.yml': `channels: { ops: { type: slack, webhook: env:NO_HOOK } }\nalerts: { critical: [${rule('one')}, ${rule('two')}] }\n`,
    });
    const words = ['watch', '--sessions', 'a.json', '--now', NOW, '--ledger', 'memory:', '--config', 'c.yml', '--json'];
    const { stderr } = await runCli(words, { cwd: files.path });
    const told = stderr.split('\n').filter((line) => line.includes('a message to the channel ops did not arrive'));
    expect(told).toEqual([expect.stringMatching(/NO_HOOK.*\(\d+ times\)$/)]);
  });

  test('names of files are text to a terminal, whatever is in them', async () => {
    const name = '\u001b]0;owned\u0007\u202E\u009b31m.json';
    await using files = await createFixture({ [`logs/${name}`]: 'neither JSON nor a session' });
    for (const more of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await runCli(
        ['watch', '--sessions', `logs/${name}`, '--sessions', `none/${name}`, '--ledger', `dir:${name}`, ...more],
        { cwd: files.path },
      );
      expect(exitCode).toBe(0);
      expect(`${stdout}${stderr}`).toContain('owned');
      expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('watch and its ledger', () => {
  test('a ledger that cannot be is refused with what to do', async () => {
    await using files = await createFixture({
      taken: 'a file',
      'a.json': executionFile({ id: 's', usd: 1, startedAt: AT }),
    });
    const words = ['watch', '--sessions', 'a.json', '--ledger', 'dir:taken'];
    const { exitCode, stdout, stderr } = await runCli(words, { cwd: files.path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^checkrein: [^\n]*a file stands where a folder should be[^\n]*\.\n$/);
    expect(await readFile(files.getPath('taken'), 'utf8')).toBe('a file');
  });

  test('nothing to watch is an error that names what was looked for, and leaves nothing behind', async () => {
    await using files = await createFixture({});
    const words = ['watch', '--sessions', 'logs/*.json', '--sessions', 'other.json', '--json'];
    const { exitCode, stdout, stderr } = await runCli(words, { cwd: files.path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^checkrein: There is nothing to watch: logs\/\*\.json: no file matches; other\.json: no file/,
    );
    expect(await contentsOf(files.path)).toEqual({});
  });

  test.skipIf(process.platform !== 'linux')(
    'a ledger where no folder can be made ends it, and does not wait',
    async () => {
      await using files = await createFixture({ 'a.json': executionFile({ id: 's', usd: 1, startedAt: AT }) });
      const words = ['watch', '--sessions', 'a.json', '--ledger', 'dir:/proc/ledger/here'];
      const { exitCode, stderr } = await runCli(words, { cwd: files.path });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^checkrein: The folder \/proc\/ledger cannot be made: no folders can be made there\. Name/,
      );
    },
  );

  test.each([
    ['broken', 'a: [\n', 'bad.yml:2:1: this is not valid YAML'],
    ['mistyped', 'mode: shadwo\n', "Did you mean 'shadow'?"],
  ])('a %s configuration ends it before anything is written', async (_name, text, message) => {
    await using files = await createFixture({ 'bad.yml': text });
    const { exitCode, stdout, stderr } = await runCli(['watch', '--sessions', 'x', '--config', 'bad.yml'], {
      cwd: files.path,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(Object.keys(await contentsOf(files.path))).toEqual([files.getPath('bad.yml')]);
  });

  test('the configuration of this folder holds, and one that is named must be there', async () => {
    await using files = await twoSessions();
    await files.mkdir('.github');
    await files.writeFile('.github/checkrein.yml', 'budgets: [{ name: wide, period: day, usd: 1000 }]\n');
    const wide = await runCli([...WATCH, '--ledger', 'memory:', '--json'], { cwd: files.path });
    expect(JSON.parse(wide.stdout)).toMatchObject({ status: 'healthy' });
    const missing = await runCli([...WATCH, '--config', 'none.yml'], { cwd: files.path });
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toBe('checkrein: There is no configuration none.yml; name the file that you mean.\n');
  });

  test('the default ledger is not shared by two repositories, and one that is named says so', async () => {
    await using files = await twoSessions();
    await runCli(WATCH, { cwd: files.path });
    const kept = await contentsOf(files.path);
    await files.writeFile('c.yml', 'version: 1\n');
    const other = ['watch', '--repo', 'octo/garden', '--config', 'c.yml', '--now', '2026-11-20T19:00:00Z'];
    // Nothing listens there: only what is said before GitHub is asked matters.
    const env = { GITHUB_TOKEN: 'x', GITHUB_API_URL: 'http://127.0.0.1:9' };
    const refused = await runCli(other, { cwd: files.path, env });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toBe(
      'checkrein: The ledger dir:.checkrein was last used for local, and this run is for octo/garden. ' +
        'Keep one ledger for each repository: name another with --ledger dir:PATH.\n',
    );
    await files.rm('c.yml');
    expect(await contentsOf(files.path)).toEqual(kept);
  });

  test('a run whose clock lies before the last look changes no alert, and says so', async () => {
    await using files = await twoSessions();
    await runCli(WATCH, { cwd: files.path });
    const early = await runCli([...WATCH.slice(0, -1), '2026-11-19T00:00:00Z', '--json'], { cwd: files.path });
    expect(early.exitCode).toBe(0);
    expect(early.stderr).toContain(
      'This run takes 2026-11-19T00:00:00Z for the present, but alerts were looked at as of 2026-11-20T18:00:00Z already',
    );
    expect(JSON.parse(early.stdout).alerts).toMatchObject([{ name: 'budget', state: 'active' }]);
    const onTime = await runCli([...WATCH.slice(0, -1), '2026-11-20T18:30:00Z', '--json'], { cwd: files.path });
    expect(onTime.stderr).toBe('');
  });
});

const SAMPLES = join(ROOT, '../shared/samples/hive-mind');

describe.skipIf(!existsSync(SAMPLES))('watch over real session files (skipped: the samples are not here)', () => {
  test('counts those of Claude and the threads of Codex', async () => {
    const words = ['watch', '--sessions', join(SAMPLES, '*.json*'), '--ledger', 'memory:', '--now', NOW, '--json'];
    const { stdout } = await runCli(words);
    const { sessions } = JSON.parse(stdout).metrics;
    expect(sessions).toMatchObject({ total: 15, completed: 4, failed: 10 });
    // What the three result messages bill, and at least what the requests of the fourth cost by list price.
    expect(sessions.tokenUsage.cost).toBeGreaterThan(5);
    expect(sessions.tokenUsage.unknownCost).toBe(11);
  });
});
