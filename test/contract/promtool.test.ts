import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { runRulesTest } from '../../src/app/rules/run-test.ts';
import { readAlertsFile } from '../../src/config/alerts-file.ts';
import { defaultConfig } from '../../src/config/parse.ts';
import type { Config } from '../../src/config/schema.ts';
import { MINUTE } from '../../src/core/time.ts';
import { measure } from '../../src/metrics/current.ts';
import { exposition } from '../../src/metrics/exposition.ts';
import { prometheusRules } from '../../src/rules/conditions/promql.ts';
import { readSamples } from '../../src/rules/conditions/series.ts';
import { factsAfter, worked } from '../kit/happenings.ts';

const HAS_PROMTOOL = spawnSync('promtool', ['--version']).status === 0;

/** Numbers of a fixed sequence (Mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Prometheus looks back five minutes for a sample, so that with ten between them a missing one is missing. */
const STEP = 10;
const SAMPLES = 60;
const RULES = 40;

interface Case {
  readonly name: string;
  readonly values: string;
  readonly wait: number;
  readonly keep: number;
}

function casesOf(seed: number): readonly Case[] {
  const random = sequence(seed);
  const pick = (...options: readonly number[]): number => options[Math.floor(random() * options.length)] ?? 0;
  return Array.from({ length: RULES }, (_, i) => {
    const sticky = random() * 0.9;
    let last = '0';
    const values = Array.from({ length: SAMPLES }, () => {
      if (random() > sticky) last = ['0', '1', '1', '_'][Math.floor(random() * 4)] ?? '0';
      return last;
    });
    return { name: `r${i}`, values: values.join(' '), wait: pick(0, 5, 10, 25, 30, 60), keep: pick(0, 10, 15, 20, 40) };
  });
}

function rulesOf(cases: readonly Case[]): Config {
  const rules = cases.map(
    ({ name, wait, keep }) =>
      `    - { name: ${name}, condition: metrics.database.${name} > 0.5, duration: ${wait}m, keep_firing_for: ${keep}m, no_data: ok }`,
  );
  const { problems, ...read } = readAlertsFile(`alerts:\n  warning:\n${rules.join('\n')}\n`, 'a.yml', defaultConfig());
  // That nothing measures them yet is what these names are taken for.
  expect(problems.filter(({ weight }) => weight !== 'warning')).toEqual([]);
  return { ...defaultConfig(), ...read };
}

describe.skipIf(!HAS_PROMTOOL)('beside promtool (skipped where it is not installed)', () => {
  test.each([1, 2, 3])('fires and ends when Prometheus does, point by point (seed %i)', async (seed) => {
    const cases = casesOf(seed);
    const runs = Array.from({ length: SAMPLES }, (_, i) => i * STEP * MINUTE);
    const outcome = runRulesTest(
      {
        name: 'oracle',
        start: '2026-01-01T00:00:00.000Z',
        interval: STEP * MINUTE,
        runs_at: runs,
        input_series: cases.map(({ name, values }) => ({
          series: ['metrics', 'database', name],
          values: readSamples(values) ?? [],
        })),
        events: [],
        expect: [],
      },
      rulesOf(cases),
      {},
    );
    const fired = new Map(cases.map(({ name }) => [name, new Set<number>()]));
    for (const { at, alerts } of outcome.runs) {
      for (const { name, state } of alerts) if (state === 'active') fired.get(name)?.add(at / MINUTE);
    }
    const points = [...fired.values()].reduce((sum, times) => sum + times.size, 0);
    // Most of all points would show nothing if nothing ever fired.
    expect(points).toBeGreaterThan(300);
    await using files = await createFixture({});
    writeFileSync(join(files.path, 'rules.yml'), promRules(cases));
    writeFileSync(join(files.path, 'tests.yml'), promTests(cases, fired));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'tests.yml'], {
      cwd: files.path,
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  test('an export of our rules is a rule file, and one of our metrics is an exposition', async () => {
    const text = `vars: { dailyBudget: 50 }
alerts:
  critical:
    - { name: spike, condition: metrics.sessions.failureRate > 0.5 && metrics.sessions.total >= 5, duration: 5m, labels: { team: a } }
    - { name: slow, condition: metrics.sessions.averageDuration > 60000 }
    - { name: down, condition: health.database.status == 'unhealthy' }
    - { name: server, condition: any(metrics.mcpServers.*.errorRate > 0.1), keep_firing_for: 10m }
    - { name: agent, condition: 'metrics.agents["a-b"].sessions.failed > 3 || sum(metrics.agents.*.runs.failed) > 9' }
  info:
    - { name: told, condition: event.type == 'x' }
    - { name: odd, condition: has(metrics.sessions.total) }
`;
    const { alerts, problems } = readAlertsFile(text, 'a.yml', defaultConfig());
    expect(problems).toEqual([]);
    const exported = prometheusRules(alerts.rules, { dailyBudget: 50 });
    expect(exported).toContain('expr: "checkrein_mcp_servers_error_rate > 0.1"');
    expect(exported).toContain('(checkrein_sessions_average_duration_seconds * 1000) > 60000');
    expect(exported).toContain(
      "# odd has no counterpart in Prometheus: 'has(metrics.sessions.total)' cannot be said in PromQL",
    );
    await using files = await createFixture({ 'rules.yml': exported });
    const output = execFileSync('promtool', ['check', 'rules', 'rules.yml'], { cwd: files.path, encoding: 'utf8' });
    expect(output).toContain('SUCCESS: 5 rules found');
    const now = '2026-11-21T12:00:00.000Z';
    const facts = factsAfter(worked({ id: 1, agent: 'a"b', at: '2026-11-21T09:00:00.000Z', duration: MINUTE }), {
      now,
    });
    const servers = { pg: { status: null, errorRate: 0.5, requestCount: 4, tools: { 'q\n': { errorRate: 0.5 } } } };
    const metrics = exposition(measure(facts, now, servers), 'octo/repo');
    expect(metrics).toContain('checkrein_sessions_average_duration_seconds{repo="octo/repo"} 60\n');
    expect(metrics).toContain('checkrein_mcp_servers_error_rate{repo="octo/repo",server="pg"} 0.5\n');
    expect(metrics).toContain('checkrein_agents_sessions{repo="octo/repo",agent="a\\"b"} 1\n');
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: metrics, encoding: 'utf8' });
    expect({ status: checked.status, stderr: checked.stderr }).toEqual({ status: 0, stderr: '' });
  });
});

function promRules(cases: readonly Case[]): string {
  const rules = cases.map(
    ({ name, wait, keep }) =>
      `      - { alert: ${name}, expr: 'x{r="${name}"} > 0.5', for: ${wait}m${keep === 0 ? '' : `, keep_firing_for: ${keep}m`} }`,
  );
  return `groups:\n  - name: all\n    rules:\n${rules.join('\n')}\n`;
}

function promTests(cases: readonly Case[], fired: ReadonlyMap<string, ReadonlySet<number>>): string {
  const series = cases.map(({ name, values }) => `      - { series: 'x{r="${name}"}', values: '${values}' }`);
  const checks = cases.flatMap(({ name }) =>
    Array.from({ length: SAMPLES }, (_, i) => {
      const alerts = fired.get(name)?.has(i * STEP) === true ? `[{ exp_labels: { r: ${name} } }]` : '[]';
      return `      - { eval_time: ${i * STEP}m, alertname: ${name}, exp_alerts: ${alerts} }`;
    }),
  );
  return [
    'rule_files: [rules.yml]',
    `evaluation_interval: ${STEP}m`,
    'tests:',
    `  - interval: ${STEP}m`,
    '    input_series:',
    ...series,
    '    alert_rule_test:',
    ...checks,
  ].join('\n');
}
