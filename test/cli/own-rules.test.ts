import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { runCli } from '../drivers/run-cli.ts';

const RULES = `alerts:
  critical:
    - { name: spike, condition: metrics.sessions.failureRate > 0.5, duration: 5m, keep_firing_for: 10m }
  info:
    - { name: deployed, condition: event.type == 'release.published' }
`;

function timeline(expected: string): string {
  return `rule_files: [alerts.yml]
tests:
  - name: a spike fires by the time of the data, although the second run is late
    interval: 1m
    runs_at: [0, 3m, 27m, 45m, 60m]
    input_series:
      - { series: metrics.sessions.failureRate, values: 0.1x1 0.6x39 0.1x60 }
    expect:
      - { at: 3m, alerts: [{ name: spike, state: pending }] }
      - { at: 30m, alerts: [{ name: spike, state: ${expected} }] }
      - { at: 60m, alerts: [] }
`;
}

describe('rules test', () => {
  test('prometheus/prometheus#12051, #6498: plays a timeline with the runs as they come and ends with 0 where all is as expected', async () => {
    await using files = await createFixture({ 'alerts.yml': RULES, 't.yml': timeline('active') });
    expect(await runCli(['rules', 'test', 't.yml'], { cwd: files.path })).toMatchObject({
      exitCode: 0,
      stdout: 'ok    a spike fires by the time of the data, although the second run is late\n1 passed, 0 failed\n',
      stderr: '',
    });
  });

  test('prometheus/prometheus#4944: shows what happened beside what was expected, and ends with 1', async () => {
    await using files = await createFixture({ 'alerts.yml': RULES, 't.yml': timeline('pending') });
    const { exitCode, stdout } = await runCli(['rules', 'test', 't.yml'], { cwd: files.path });
    expect(exitCode).toBe(1);
    expect(stdout).toBe(`FAIL  a spike fires by the time of the data, although the second run is late
        0 s  run         nothing
      3 min  run         spike pending
     27 min  run         spike active
     30 min  - expected  spike pending
     30 min  + found     spike active
        1 h  run         nothing
0 passed, 1 failed
`);
    const json = await runCli(['rules', 'test', 't.yml', '--json'], { cwd: files.path });
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, tests: [{ ok: false, failures: [{ at: 1_800_000 }] }] });
  });

  test('a variable of the test stands in for the one that the file of rules sets', async () => {
    const rules = `vars: { most: 50 }
alerts:
  warning: [{ name: costs, condition: metrics.sessions.tokenUsage.cost > most }]
`;
    const tests = `rule_files: [alerts.yml]
vars: { most: 5 }
tests:
  - name: ten are too many
    runs_at: [0]
    input_series: [{ series: metrics.sessions.tokenUsage.cost, values: 10x1 }]
    expect: [{ at: 0, alerts: [{ name: costs }] }]
`;
    await using files = await createFixture({ 'alerts.yml': rules, 't.yml': tests });
    expect(await runCli(['rules', 'test', 't.yml'], { cwd: files.path })).toMatchObject({
      exitCode: 0,
      stdout: 'ok    ten are too many\n1 passed, 0 failed\n',
      stderr: '',
    });
    const own = { '.github/checkrein.yml': 'vars: { most: 50 }\n', 'alerts.yml': rules, 't.yml': tests };
    await using clashing = await createFixture(own);
    const clash = await runCli(['rules', 'test', 't.yml'], { cwd: clashing.path });
    expect(clash.exitCode).toBe(2);
    expect(clash.stderr).toContain("'most' is set in the configuration already");
  });

  test('says of each alert that was expected and did not come, or came and was not expected, why', async () => {
    const rules = `alerts:
  critical: [{ name: spike, condition: metrics.sessions.failureRate > 0.5 }, { name: backlog, condition: metrics.reviews.pending > 20 }]
  warning: [{ name: costs, condition: metrics.sessions.tokenUsage.cost > 40 }]
`;
    const tests = `rule_files: [alerts.yml]
tests:
  - name: a bad morning
    runs_at: [5m]
    interval: 5m
    input_series:
      - { series: metrics.sessions.failureRate, values: 0.6 0.6 }
      - { series: metrics.reviews.pending, values: 3 3 }
    expect:
      - { at: 1m, alerts: [{ name: spike }] }
      - { at: 5m, alerts: [{ name: backlog }, { name: costs }, { name: spyke }, { name: spike, labels: { server: pg } }] }
`;
    await using files = await createFixture({ 'alerts.yml': rules, 't.yml': tests });
    const { exitCode, stdout } = await runCli(['rules', 'test', 't.yml'], { cwd: files.path });
    expect(exitCode).toBe(1);
    expect(stdout).toBe(`FAIL  a bad morning
      1 min  - expected  spike active
      1 min  + found     nothing
      1 min  missing     spike active: No run came before.
      5 min  run         spike active
      5 min  - expected  backlog active, costs active, spyke active, spike{server=pg} active
      5 min  + found     spike active
      5 min  missing     backlog active: The condition metrics.reviews.pending > 20 does not hold: reviews.pending=3 > 20.
      5 min  missing     costs active: The condition metrics.sessions.tokenUsage.cost > 40 has no answer: sessions.tokenUsage.cost=<no data> > 40.
      5 min  missing     spyke active: No rule is called 'spyke'. Did you mean 'spike'?
      5 min  missing     spike{server=pg} active: The rule has no alert with these labels.
      5 min  unexpected  spike active: The condition metrics.sessions.failureRate > 0.5 holds: sessions.failureRate=0.6 > 0.5.
0 passed, 1 failed
`);
    const json = await runCli(['rules', 'test', 't.yml', '--json'], { cwd: files.path });
    const { failures } = JSON.parse(json.stdout).tests[0];
    expect(failures[1].missing.map(({ name }: { name: string }) => name)).toEqual([
      'backlog',
      'costs',
      'spyke',
      'spike',
    ]);
    expect(failures[1].unexpected.map(({ name }: { name: string }) => name)).toEqual(['spike']);
  });

  test.each<[string, string, string]>([
    [
      'a misspelt key',
      timeline('active').replace('runs_at', 'run_at'),
      "there is no option 'run_at'. Did you mean 'runs_at'?",
    ],
    ['samples that are none', timeline('active').replace('0.1x1', '0.1y1'), 'expected samples such as 0 0.5 _ 1x3'],
    ['a file that is not there', timeline('active').replace('[alerts.yml]', '[none.yml]'), 'no file of rules none.yml'],
  ])('refuses %s', async (_name, text, message) => {
    await using files = await createFixture({ 'alerts.yml': RULES, 't.yml': text });
    const { exitCode, stderr } = await runCli(['rules', 'test', 't.yml'], { cwd: files.path });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

const NOW = '2026-11-21T12:00:00.000Z';

describe('a rule of people in a run', () => {
  test('is asked, told and explained; one that is wrong is told of and the others are asked all the same', async () => {
    await using files = await createFixture({
      '.github/checkrein.yml': 'alerts: alerts.yml\nvars: { most: 1 }\n',
      'alerts.yml': `alerts:
  warning:
    - { name: silent, condition: metrics.sessions.total < most, labels: { team: a } }
    - { name: waits, condition: metrics.sessions.total < most, duration: 30m }
    - { name: typo, condition: metrics.sesions.total < most }
    - { name: blind-reviews, condition: metrics.reviews.pending > 20 }
`,
      'none.json': '{}',
    });
    const watch = ['watch', '--sessions', '*.json', '--ledger', 'dir:l', '--now', NOW, '--json'];
    const { stdout, stderr } = await runCli(watch, { cwd: files.path });
    expect(stderr).toContain(
      "The rule typo cannot be asked: alerts.yml:5:21: alerts.warning[2].condition: unknown field 'sesions'; did you mean 'sessions'? in `metrics.sesions.total < most`",
    );
    const report = JSON.parse(stdout);
    const own = report.findings.filter(({ rule }: { rule: string }) => /silent|waits|typo|blind-reviews/.test(rule));
    expect(own.map(({ rule, outcome }: { rule: string; outcome: string }) => [rule, outcome])).toEqual([
      ['silent', expect.any(String)],
      ['waits', expect.any(String)],
      ['blind-reviews', 'unknown'],
    ]);
    const explained = await runCli(['rules', 'explain', 'blind-reviews', '--ledger', 'dir:l', '--now', NOW], {
      cwd: files.path,
    });
    expect(explained.stdout).toMatch(/^blind-reviews {2}repository:local {2}[0-9a-f]{16}\n/);
    expect(explained.stdout.split('\n').slice(1).join('\n')).toBe(`  at         2026-11-21 12:00 UTC: there is no answer
  because    The condition metrics.reviews.pending > 20 has no answer: reviews.pending=<no data> > 20.
  value      reviews.pending=<no data> > 20
  alert      none
  message    none: no alert is open
`);
    const wrong = await runCli(['rules', 'explain', 'silnt', '--ledger', 'dir:l'], { cwd: files.path });
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain("No rule and no alert is called 'silnt'. Did you mean 'silent'?");
  });

  test('is asked although sections beside it are wrong; what counts instead is said, and the check names every mistake', async () => {
    await using files = await createFixture({
      '.github/checkrein.yml':
        'alerts: alerts.yml\nvars: { most: 1 }\npolicy: { dedup: soon }\nsilences: [{ match: { rule: silent } }]\n',
      'alerts.yml': `alerts:
  warning:
    - { name: silent, condition: metrics.sessions.total < most }
    - { name: typo, condition: metrics.sesions.total < most }
inhibit: { source: {}, target: {} }
`,
      'none.json': '{}',
    });
    const watch = ['watch', '--sessions', '*.json', '--ledger', 'memory:', '--now', NOW, '--json'];
    const { stdout, stderr, exitCode } = await runCli(watch, { cwd: files.path });
    expect(exitCode, stderr).toBe(0);
    const asked = JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule);
    expect(asked).toContain('silent');
    expect(asked).not.toContain('typo');
    const left = stderr.split('\n').filter((line) => line.includes('A part of the configuration is left out'));
    expect(left[0]).toContain('checkrein.yml:3:11: policy.dedup: ');
    expect(left[0]).toMatch(/; the default counts, 1h$/);
    expect(left.filter((line) => line.includes('silences[0]')).length).toBeGreaterThan(0);
    expect(left.at(-1)).toContain('alerts.yml:5:1: inhibit: expected a list');
    expect(stderr).toContain('The rule typo cannot be asked: alerts.yml:4:21');
    const check = await runCli(['rules', 'check'], { cwd: files.path });
    expect(check.exitCode).toBe(2);
    for (const words of ['policy.dedup', 'silences[0].', 'inhibit', "unknown field 'sesions'"]) {
      expect(check.stdout).toContain(words);
    }
    const list = await runCli(['rules', 'list'], { cwd: files.path });
    expect(list).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('that is missing its file is told of', async () => {
    await using files = await createFixture({ '.github/checkrein.yml': 'alerts: none.yml\n', 'none.json': '{}' });
    const { stderr } = await runCli(['watch', '--sessions', '*.json', '--ledger', 'memory:', '--json'], {
      cwd: files.path,
    });
    expect(stderr).toContain('Rules of yours cannot be asked: none.yml: alerts: There is no configuration none.yml');
  });

  test('that fires or waits is explained to the minute', async () => {
    const rules = `alerts:
  warning:
    - { name: always, condition: metrics.period.day == '2026-11-21' }
    - { name: later, condition: metrics.period.day != 'never', duration: 30m }
`;
    await using files = await createFixture({ '.github/checkrein.yml': rules, 'none.json': '{}' });
    const here = { cwd: files.path };
    await runCli(['watch', '--sessions', '*.json', '--ledger', 'dir:l', '--now', NOW], here);
    const explain = async (rule: string): Promise<string> => {
      const words = ['rules', 'explain', rule, '--ledger', 'dir:l', '--now', '2026-11-21T12:10:00.000Z'];
      const { stdout } = await runCli(words, here);
      return stdout.split('\n').slice(1).join('\n');
    };
    expect(await explain('always')).toBe(`  at         2026-11-21 12:10 UTC: it holds
  because    The condition metrics.period.day == '2026-11-21' holds: period.day='2026-11-21' == '2026-11-21'.
  value      period.day='2026-11-21' == '2026-11-21'
  alert      active since 2026-11-21 12:00 UTC, episode 1
  message    none:no_channel; no next one is planned
`);
    expect(await explain('later')).toBe(`  at         2026-11-21 12:10 UTC: it holds
  because    The condition metrics.period.day != 'never' holds: period.day='2026-11-21' != 'never'.
  value      period.day='2026-11-21' != 'never'
  alert      pending since 2026-11-21 12:00 UTC, episode 0
  waits      30 min before it fires; 20 min are left
  message    none:pending; no next one is planned
`);
  });
});
