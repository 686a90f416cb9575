import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';

const BAD = join(ROOT, 'test/house/bad-configs');
const NAMES = [
  'budget',
  'burn-rate',
  'failure-spike',
  'runaway',
  'violation',
  'unknown-model',
  'cost-drift',
  'blind',
  'late',
  'drill',
  'anomaly',
  'failures-in-a-row',
  'retry-storm',
  'loop',
  'tool-loop',
  'model-shift',
  'token-growth',
  'session-shift',
  'cache-collapse',
  'duplicates',
  'no-effect',
  'unhealthy',
  'regression',
  'review-backlog',
  'worse',
];

describe('rules check', () => {
  test('finds the bundled default configuration good', async () => {
    const path = join(ROOT, 'config/default.yml');
    expect(await runCli(['rules', 'check', path])).toMatchObject({
      exitCode: 0,
      stdout: `${path}: good\n`,
      stderr: '',
    });
    const { exitCode, stdout } = await runCli(['rules', 'check', path, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      rules: NAMES.map((name) => ({ name, severity: null, ok: true, errors: [] })),
    });
  });

  test.each(['everything-at-once.yml', 'broken-yaml.yml', 'budget-for-a-year.yml', 'unknown-rule.yml'])(
    'lists everything that is wrong with %s, for people and for programs, and ends with 2',
    async (file) => {
      expect(readdirSync(BAD)).toContain(file);
      const path = join(BAD, file);
      const text = await runCli(['rules', 'check', path]);
      expect({ exitCode: text.exitCode, stderr: text.stderr }).toEqual({ exitCode: 2, stderr: '' });
      const lines = text.stdout.trimEnd().split('\n');
      const errors = lines.length - 1;
      expect(errors).toBeGreaterThan(0);
      expect(lines.at(-1)).toBe(`${path}: not good, ${errors === 1 ? '1 error' : `${errors} errors`}`);
      for (const line of lines.slice(0, -1)) expect(line).toMatch(/\.yml:\d+:\d+: \S/);
      const json = await runCli(['rules', 'check', path, '--json']);
      expect(json.exitCode).toBe(2);
      const report = JSON.parse(json.stdout);
      expect(report.ok).toBe(false);
      const found = report.rules.flatMap((rule: { ok: boolean; errors: readonly object[] }) => {
        expect(rule.ok).toBe(rule.errors.length === 0);
        return rule.errors;
      });
      expect(found).toHaveLength(errors);
      for (const error of found) {
        expect(error).toEqual({ message: expect.any(String), line: expect.any(Number), column: expect.any(Number) });
      }
    },
  );

  test('puts an error under the rule whose settings it is in', async () => {
    await using files = await createFixture({
      'c.yml': 'rules:\n  late: { tolerance: soon }\nbudgets:\n  - { name: x, period: day, usd: many }\nmode: loud\n',
    });
    const { stdout } = await runCli(['rules', 'check', 'c.yml', '--json'], { cwd: files.path });
    const { rules } = JSON.parse(stdout);
    const bad = rules.filter(({ ok }: { ok: boolean }) => !ok);
    expect(
      bad.map(({ name, errors }: { name: string; errors: { line: number }[] }) => [
        name,
        errors.map(({ line }) => line),
      ]),
    ).toEqual([
      ['budget', [4]],
      ['late', [2]],
      ['configuration', [5]],
    ]);
  });

  test.each([
    ['a file that is not there', 'none.yml', 'There is no configuration none.yml; name the file that you mean.'],
    ['a folder', '.', 'The configuration . cannot be read (it is a folder).'],
  ])('%s is said in the shape that was asked for', async (_name, path, message) => {
    expect(await runCli(['rules', 'check', path])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `checkrein: ${message}\n`,
    });
    const { exitCode, stdout, stderr } = await runCli(['rules', 'check', path, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    const errors = [{ message, line: null, column: null }];
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      rules: [{ name: 'configuration', severity: null, ok: false, errors }],
    });
  });

  test('without a file it is that of the folder, or the one of --config', async () => {
    await using files = await createFixture({ '.github/checkrein.yml': 'mode: shadow\n', 'b.yml': 'mode: x\n' });
    expect((await runCli(['rules', 'check'], { cwd: files.path })).stdout).toBe('.github/checkrein.yml: good\n');
    expect(await runCli(['rules', 'check', '--config', 'b.yml'], { cwd: files.path })).toMatchObject({ exitCode: 2 });
  });

  test('text from the file cannot command a terminal', async () => {
    await using files = await createFixture({ 'c.yml': '"\\e[31mkey\\u202e": 1\nmode: "\\e]0;x\\a"\n' });
    for (const more of [[], ['--json']]) {
      const { stdout } = await runCli(['rules', 'check', 'c.yml', ...more], { cwd: files.path });
      expect(stdout).toContain('mode');
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('rules list', () => {
  test('shows every rule with its question and the settings in force', async () => {
    const { exitCode, stdout } = await runCli(['rules', 'list', '--json']);
    expect(exitCode).toBe(0);
    const { rules } = JSON.parse(stdout);
    expect(rules.map(({ name }: { name: string }) => name)).toEqual(NAMES);
    for (const rule of rules)
      expect(rule).toEqual({
        name: expect.any(String),
        question: expect.stringMatching(/\?$/),
        settings: expect.any(Object),
      });
    const text = (await runCli(['rules', 'list'])).stdout;
    expect(text).toContain('    - { name: repo-day, period: day, usd: 50, warn_at: [0.5, 0.8] }\n');
    for (const name of NAMES) expect(text).toMatch(new RegExp(`^${name}$`, 'm'));
  });

  test('takes settings from a configuration, and refuses a bad one', async () => {
    await using files = await createFixture({
      'good.yml': 'rules:\n  late: { enabled: false }\n',
      'bad.yml': 'rules:\n  lat: { enabled: false }\n',
    });
    const { stdout } = await runCli(['rules', 'list', '--config', 'good.yml', '--json'], { cwd: files.path });
    const { rules } = JSON.parse(stdout);
    expect(rules.find(({ name }: { name: string }) => name === 'late').settings.enabled).toBe(false);
    const bad = await runCli(['rules', 'list', '--config', 'bad.yml'], { cwd: files.path });
    expect(bad).toMatchObject({ exitCode: 2, stdout: '' });
    expect(bad.stderr).toContain("Did you mean 'late'?");
  });
});
