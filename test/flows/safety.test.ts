import { readFile } from 'node:fs/promises';
import { createFixture } from 'fs-fixture';
import { describe, test } from 'vitest';
import type { EventOf } from '../../src/core/event.ts';
import { after, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import type { FakeRun } from '../fakes/github/world.ts';
import { executionFile, type ScriptedSession } from './execution-file.ts';
import { EVENING, type LedgerContent, type Plot, plantPlot, QUICK_WAITS, readLedger } from './plot.ts';
import { plain } from './words.ts';

const RECORD = 'work/claude-execution-output.json';
const WORKFLOW = '.github/workflows/fixer.yml';

/** A completed run of the fixer, so many hours ago, that left the record of a session. */
function leave(
  plot: Plot,
  hoursAgo: number,
  session: Partial<ScriptedSession>,
  text?: (record: string) => string,
): FakeRun {
  const startedAt: Instant = after(EVENING, -hoursAgo * HOUR);
  const run = plot.github.addRun({ workflow: plot.fixer, createdAt: startedAt });
  const record = executionFile({ id: `s${run.id}`, usd: 4, startedAt, ...session });
  const files = { [RECORD]: text === undefined ? record : text(record) };
  plot.github.addArtifact(run, 'output', files, { createdAt: after(startedAt, MINUTE) });
  return run;
}

function violations({ events }: LedgerContent): readonly EventOf<'violation.found'>['data']['violation'][] {
  return events.flatMap((event) => (event.kind === 'violation.found' ? [event.data.violation] : []));
}

describe.concurrent('a session that was killed mid-way, with no result line', () => {
  test('counts with an estimate, and is visible as such in the issue and the report', async ({ expect }) => {
    // 40 / 700 / 9,000 / 500 tokens at $3, $15, $0.30 and $3.75 a million are $0.015195.
    const config = 'version: 1\nbudgets:\n  - { name: fixer-day, agent: fixer, period: day, usd: 0.01 }\n';
    await using plot = await plantPlot({ runs: 0, config });
    const killed = leave(plot, 1, { withoutResult: true });
    await using temp = await createFixture({});
    const run = await plot.watch({ env: { ...QUICK_WAITS, RUNNER_TEMP: temp.path } });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.outputs).toMatchObject({ status: 'critical', 'cost-usd': '0.015195' });

    const report = JSON.parse(await readFile(run.outputs['report'] ?? '', 'utf8'));
    expect(report.metrics.sessions).toMatchObject({ total: 1, estimated: 1 });
    expect(report.findings.find(({ rule }: { rule: string }) => rule === 'budget').reason).toContain('at least $0.015');
    const summary = plain(run.summary);
    expect(summary).toContain('1 session cut off, cost estimated');

    const [issue] = plot.github.world.issues;
    const body = plain(issue?.body ?? '');
    expect(body).toContain('1 session cut off before the end counted with an estimate');
    expect(body).toMatch(new RegExp(`${killed.id}.*cut off before its end, cost estimated`));
    expect(body).toContain('| Sessions cut off before their end, estimated | 1 session |');

    const ledger = await readLedger(plot);
    const [session] = ledger.events.flatMap((event) => (event.kind === 'session.recorded' ? [event.data.session] : []));
    expect(session).toMatchObject({
      cost: { basis: 'estimated' },
      state: { cost: 'lower_bound' },
      detail: { cutOff: true },
    });
  });
});

describe.concurrent('an agent that may change nothing', () => {
  const SCOPE = `version: 1\nagents:\n  - { name: fixer, workflow: ${WORKFLOW}, scope: { read_only: true } }\n`;

  test('gets one critical issue when it edits, a count in the metrics, and stops nothing in shadow mode', async ({
    expect,
  }) => {
    await using plot = await plantPlot({ runs: 0, config: `${SCOPE}responses: { violation: stop }\n` });
    const edited = leave(plot, 2, { tool: 'Edit' });
    leave(plot, 1, { tool: 'Read' });
    await using temp = await createFixture({});
    const run = await plot.watch({ env: { ...QUICK_WAITS, RUNNER_TEMP: temp.path } });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.outputs['status']).toBe('critical');
    const [issue, ...others] = plot.github.world.issues;
    expect(others).toEqual([]);
    expect(issue?.title).toContain('An agent went beyond what it may do: fixer');
    const body = plain(issue?.body ?? '');
    expect(body).toContain('fixer went beyond being read-only in 1 session since 2026-11-20: Edit used once.');
    expect(body).toContain(String(edited.id));
    expect(body).toContain('would have');
    expect(plain(run.summary)).toMatch(/read-only \| critical \| Edit used once/);

    const report = JSON.parse(await readFile(run.outputs['report'] ?? '', 'utf8'));
    expect(report.metrics.violations).toEqual({
      readOnlyViolations: 1,
      scopeViolations: 0,
      resourceLimitViolations: 0,
      timeoutViolations: 0,
      tamperingViolations: 0,
      total: 1,
    });
    expect(report.violations).toMatchObject([
      { agent: 'fixer', kind: 'readOnly', signs: ['Edit used once'], run: edited.id },
    ]);

    const again = await plot.heal();
    expect(again.exitCode, again.stdout).toBe(0);
    const ledger = await readLedger(plot);
    expect(violations(ledger)).toHaveLength(1);
    expect(ledger.verification.ok).toBe(true);
    expect(ledger.events.filter(({ kind }) => kind === 'halt.declared')).toEqual([]);
    expect(plot.github.world.issues).toHaveLength(1);
  });

  test('is told of when it uses a server that is not declared, by the names that Claude Code gives to tools', async ({
    expect,
  }) => {
    const scope = "{ mcp_servers: ['my.server', a__b] }";
    const config = `version: 1\nagents:\n  - { name: fixer, workflow: ${WORKFLOW}, scope: ${scope} }\n`;
    await using plot = await plantPlot({ runs: 0, config });
    leave(plot, 1, { tool: 'mcp__my_server__get' });
    leave(plot, 2, { tool: 'mcp__a__b__get' });
    leave(plot, 3, { tool: 'mcp__other__get' });
    await using temp = await createFixture({});
    const run = await plot.watch({ env: { ...QUICK_WAITS, RUNNER_TEMP: temp.path } });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(violations(await readLedger(plot))).toMatchObject([
      { kind: 'scope', severity: 'warning', signs: [{ what: 'undeclared_server', name: 'other', amount: 1 }] },
    ]);
  });

  test('above its limits it is told of as well, by numbers alone', async ({ expect }) => {
    const config = `version: 1\nagents:\n  - { name: fixer, workflow: ${WORKFLOW}, limits: { usd: 3, turns: 3 } }\n`;
    await using plot = await plantPlot({ runs: 0, config });
    leave(plot, 1, { usd: 4 });
    await using temp = await createFixture({});
    const run = await plot.watch({ env: { ...QUICK_WAITS, RUNNER_TEMP: temp.path } });
    expect(run.outputs['status']).toBe('degraded');
    expect(violations(await readLedger(plot))).toMatchObject([
      {
        kind: 'resource',
        severity: 'warning',
        signs: [
          { what: 'usd', amount: 4, limit: 3 },
          { what: 'turns', amount: 4, limit: 3 },
        ],
      },
    ]);
  });
});

describe.concurrent('what the workflow file says', () => {
  test('is held against the tools of the session: one that no list allows is a violation', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0, config: null });
    await plot.github.commitFile(
      'main',
      WORKFLOW,
      `on: push
jobs:
  agent:
    runs-on: ubuntu-latest
    steps:
      - uses: anthropics/claude-code-action@v1
        with:
          claude_args: --allowedTools "Read,Grep" --dangerously-skip-permissions
`,
    );
    leave(plot, 1, { tool: 'WebFetch' });
    await using temp = await createFixture({});
    const run = await plot.watch({ env: { ...QUICK_WAITS, RUNNER_TEMP: temp.path } });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(violations(await readLedger(plot))).toMatchObject([
      {
        kind: 'scope',
        severity: 'warning',
        signs: [
          { what: 'undeclared_tool', name: 'WebFetch', amount: 1 },
          { what: 'unguarded', name: '--dangerously-skip-permissions' },
        ],
      },
    ]);
    expect(plain(plot.github.world.issues[0]?.body ?? '')).toContain('WebFetch used once, which no list allows');
  });
});

describe.concurrent('money by the configuration', () => {
  test('a flat plan takes the money of an agent away, and leaves its tokens', async ({ expect }) => {
    const config =
      'version: 1\nplans: [{ name: max, agent: fixer, from: 2026-11-01 }]\nbudgets: [{ name: day, period: day, usd: 1 }]\n';
    await using plot = await plantPlot({ runs: 2, config });
    await using temp = await createFixture({});
    const run = await plot.watch({ env: { ...QUICK_WAITS, RUNNER_TEMP: temp.path } });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.outputs).toMatchObject({ status: 'healthy', 'cost-usd': '0' });
    const report = JSON.parse(await readFile(run.outputs['report'] ?? '', 'utf8'));
    expect(report.metrics.sessions.tokenUsage).toMatchObject({ cost: 0, unknownCost: 0 });
    expect(report.metrics.sessions.tokenUsage.total).toBeGreaterThan(10_000);
    const { events } = await readLedger(plot);
    const sessions = events.flatMap((event) => (event.kind === 'session.recorded' ? [event.data.session] : []));
    expect(sessions.map(({ cost, reportedCost }) => [cost, reportedCost.usd])).toEqual([
      [{ usd: 0, basis: 'quota' }, 4],
      [{ usd: 0, basis: 'quota' }, 4],
    ]);
  });

  test('a model without a price opens an issue that says how to set one, and is over once it is set', async ({
    expect,
  }) => {
    await using plot = await plantPlot({ runs: 0, config: 'version: 1\nbudgets: []\n' });
    const ofSuccessor = (record: string): string =>
      record.replaceAll('claude-sonnet-4-5-20250929', 'claude-sonnet-5-5');
    leave(plot, 1, { withoutResult: true }, ofSuccessor);
    await using temp = await createFixture({});
    const run = await plot.watch({ env: { ...QUICK_WAITS, RUNNER_TEMP: temp.path } });
    expect(run.outputs).toMatchObject({ status: 'degraded', 'cost-usd': '' });
    const body = plain(plot.github.world.issues[0]?.body ?? '');
    expect(body).toContain('No price is known of claude-sonnet-5-5');
    expect(body).toContain('prices: [{ model: NAME');

    const prices = 'prices: [{ model: claude-sonnet-5-5, input: 3, output: 15 }]\n';
    await plot.github.commitFile('main', '.github/checkrein.yml', `version: 1\nbudgets: []\n${prices}`);
    leave(plot, -0.05, { withoutResult: true }, ofSuccessor);
    const priced = await plot.heal();
    // 9,540 tokens of input and cache at $3 and 700 at $15 a million.
    expect(priced.outputs['cost-usd']).toBe('0.03912');
    await plot.heal();
    await plot.heal();
    expect(plot.github.world.issues.map(({ state }) => state)).toEqual(['closed']);
  });
});
