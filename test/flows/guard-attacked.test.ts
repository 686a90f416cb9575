import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { after, MINUTE } from '../../src/core/time.ts';
import { isAlive, processOf } from '../../src/meter/processes.ts';
import { encodeRecord } from '../../src/sources/guard-record/decode.ts';
import { ROOT, runNode } from '../drivers/process.ts';
import { runAction } from '../drivers/run-action.ts';
import { meteredJob } from '../fakes/agent/job.ts';
import type { AgentStep } from '../fakes/agent/script.ts';
import { plantGate } from '../kit/gate.ts';
import { executionFile } from './execution-file.ts';
import { beginJob, type WholeJob } from './guard-whole.ts';
import { DECIDED, eventsOf, POSTED, startGuarded, violationsIn } from './guarded.ts';
import { plantPlot, readLedger } from './plot.ts';
import { plain } from './words.ts';

const ASK: AgentStep = { kind: 'ask', input: 20_000, output: 500, usd: 0.2 };
const WAIT: AgentStep = { kind: 'wait', ms: 50 };
const CALL: AgentStep = { kind: 'call', tool: 'Bash', input: { command: 'make' } };

/** The agent works: a call of a tool, and two requests of which telemetry and its transcript tell. */
async function work(job: WholeJob): Promise<void> {
  const agent = job.agent({ steps: [CALL, ASK, WAIT, ASK, WAIT] });
  await agent.ended;
  await job.reported(({ use }) => (use.usd ?? 0) >= 0.4);
}

function putPipe(path: string): void {
  rmSync(path, { force: true });
  execFileSync('/usr/bin/mkfifo', [path]);
}

/** Nobody reads more of a file of settings than this. */
const GIANT = 3_000_000_000;

describe('what an agent claims in an artifact in the name of another', () => {
  test('is charged to the agent of its own run', async () => {
    await using plot = await plantPlot({ runs: 0, config: 'version: 1\n' });
    const own = executionFile({ id: 'a-session', usd: 4, startedAt: after(DECIDED, MINUTE) });
    await using job = await startGuarded(plot, { files: { 'claude-execution-output.json': own } });
    await job.post();
    const record = eventsOf(await readLedger(plot), 'guard.ended')[0]?.data.record;
    if (record === undefined) throw new Error('the job left no record');
    const forged = {
      ...{ ...record, lease: null, errand: { ...record.errand, agent: 'triage', job: 'other' } },
      sessions: record.sessions.map((session) => ({
        ...{ ...session, engineSession: 'another' },
        cost: { usd: 5_000, basis: 'billed' as const },
      })),
    };
    const files = { 'checkrein-guard-1-1-other.json': encodeRecord(forged) };
    plot.github.addArtifact(job.run, 'checkrein-guard-other', files, { createdAt: POSTED });
    await plot.watch();
    const sessions = eventsOf(await readLedger(plot), 'session.recorded');
    expect(sessions.map(({ data }) => [data.session.agent, data.session.cost.usd])).toEqual([
      ['fixer', 4],
      ['fixer', 5_000],
    ]);
  });
});

describe('a disk that is full', () => {
  test('while the agent works is no sign that somebody has killed the meter', async () => {
    await using job = await beginJob();
    await work(job);
    symlinkSync('/dev/full', join(job.meter.handle.folder, 'report.new'));
    const post = await job.post();
    expect([post.exitCode, post.stderr], post.stdout).toEqual([0, '']);
    expect(post.stdout).not.toContain('did not end by itself');
    await job.watch();
    const ledger = await readLedger(job.plot);
    const [ended] = eventsOf(ledger, 'guard.ended');
    expect(ended?.data.record.meter).toMatchObject({ kind: 'ended', report: { use: { tokens: 41_000 } } });
    expect(violationsIn(ledger)).toEqual([]);
  });

  test.each([
    ['warns', '', 0],
    ['stays shut', 'mode: enforce\nbudgets: 7\n', 3],
  ])('when the guard has decided %s all the same', async (_name, broken, exit) => {
    const agents = 'agents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 1 } }]\n';
    await using gate = await plantGate(broken === '' ? `version: 1\n${agents}` : broken);
    const machine = mkdtempSync(join(tmpdir(), 'checkrein-full-'));
    symlinkSync('/dev/full', join(machine, 'checkrein-guard.json'));
    const step = await gate.guard({ env: { HOME: machine, RUNNER_TEMP: machine, GITHUB_WORKSPACE: machine } });
    expect([step.exitCode, step.stderr], step.stdout).toEqual([exit, '']);
    expect(step.stdout).toContain('::warning::The report of the guard could not be written (ENOSPC)');
    rmSync(machine, { recursive: true });
  });

  test('before the guard can say what it decided lets no agent start', async () => {
    await using gate = await plantGate(null);
    const machine = mkdtempSync(join(tmpdir(), 'checkrein-full-'));
    const full = (name: string): readonly [string, string] => [name, '/dev/full'];
    const step = await runNode({
      ...{ script: join(ROOT, 'dist/action.js'), cwd: machine, home: machine },
      env: {
        ...{ GITHUB_API_URL: gate.github.url, GITHUB_REPOSITORY: gate.github.fullName, RUNNER_TEMP: machine },
        ...{ 'INPUT_GITHUB-TOKEN': gate.github.mintToken({ contents: 'write' }), INPUT_COMMAND: 'guard' },
        ...{ INPUT_AGENT: 'fixer', GITHUB_RUN_ID: '7', GITHUB_EVENT_NAME: 'schedule' },
        ...Object.fromEntries(['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map(full)),
      },
    });
    expect(step.exitCode, step.stdout).toBe(1);
    expect(step.stdout).toContain('ENOSPC');
    rmSync(machine, { recursive: true });
  });
});

describe('session folders that are flooded', () => {
  test('cost the meter little, and it says so', async () => {
    await using job = await meteredJob({});
    const project = join(job.home, '.claude/projects/flood');
    mkdirSync(project, { recursive: true });
    for (let n = 0; n < 20_500; n++) writeFileSync(join(project, `${n}.txt`), '');
    const ending = await job.finish();
    expect(ending).toMatchObject({
      kind: 'ended',
      report: { problems: expect.arrayContaining([expect.stringContaining('More than 5000 session files, or 20000')]) },
    });
  });
});

describe('what a step writes into GITHUB_ENV', () => {
  test('does not lead the end of the job astray: it goes by what stood there when the guard decided', async () => {
    await using job = await beginJob();
    await work(job);
    const elsewhere = join(job.home, 'elsewhere');
    const post = await job.post({
      env: {
        ...{ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' },
        ...{ HOME: elsewhere, CLAUDE_CONFIG_DIR: elsewhere, CHECKREIN_SPOOL: '/dev/full/spool' },
        ...{ CHECKREIN_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none', 'LD_X\n::error::boo': '' },
      },
    });
    expect([post.exitCode, post.stderr], post.stdout).toEqual([0, '']);
    expect(post.stdout).toContain('do not count here: CHECKREIN_SPOOL, HTTP_PROXY, LD_X');
    expect(post.stdout).not.toMatch(/^::error/m);
    expect(plain(post.summary)).toContain('| Lease | settled |');
    await job.watch();
    const ledger = await readLedger(job.plot);
    expect(eventsOf(ledger, 'guard.ended')).toMatchObject([
      { data: { record: { meter: { kind: 'ended' }, sessions: [{ tokens: { total: 41_000 } }] } } },
    ]);
    expect(violationsIn(ledger)).toEqual([]);
  });

  test('makes no other step of ours the end of a guard', async () => {
    await using job = await beginJob();
    await work(job);
    const forged = Object.fromEntries(
      Object.entries(job.before.state).map(([name, value]) => [
        `STATE_${name}`,
        value.replaceAll('"usd":5', '"usd":0'),
      ]),
    );
    const step = await runAction({
      github: job.plot.github,
      inputs: { command: 'record' },
      env: { ...forged, CHECKREIN_RECORD: 'metric x 1', RUNNER_TEMP: job.home },
      goesOn: true,
    });
    expect(step.stdout).not.toContain('Lease');
    const ledger = await readLedger(job.plot);
    expect([eventsOf(ledger, 'guard.ended'), eventsOf(ledger, 'lease.settled')]).toEqual([[], []]);
    expect(isAlive(job.meter.handle)).toBe(true);
  });
});

/**
 * Leaves a process behind that no parent of the job leads to, as `setsid` and two forks do it.
 * @returns its number.
 */
function leaveBehind(env: Readonly<Record<string, string>>): number {
  const line = 'setsid sh -c "exec sleep 300 >/dev/null 2>&1 </dev/null & echo \\$!"';
  return Number(execFileSync('/bin/sh', ['-c', line], { env, encoding: 'utf8' }));
}

describe.skipIf(process.platform !== 'linux')('what an agent leaves running when it forks twice (needs /proc)', () => {
  const STEP = { GITHUB_STEP_SUMMARY: '/tmp/summary-of-the-agent' };
  const OTHER = { GITHUB_STEP_SUMMARY: '/tmp/summary-of-another' };
  const PATH = { PATH: process.env['PATH'] ?? '' };
  const GONE = { timeout: 60_000, interval: 50 };

  test('is ended with it, and nothing of another step is', async () => {
    await using job = await meteredJob({ handover: { limits: { usd: 1 } } });
    const mark = { CHECKREIN_METER: job.meter.env['CHECKREIN_METER'] ?? '', ...PATH };
    const [daemon, other, stranger] = [
      { ...mark, ...STEP },
      { ...mark, ...OTHER },
      { ...PATH, ...STEP },
    ].map(leaveBehind);
    try {
      const agent = job.agent({ leavesOut: ['hooks'], steps: [ASK, WAIT], rounds: 1_000 }, STEP);
      await agent.ended;
      await expect.poll(() => processOf(daemon ?? 0), GONE).toBeNull();
      expect((await job.reported(({ stop }) => stop?.took != null)).stop).toMatchObject({ hands: ['process'] });
      expect([processOf(other ?? 0), processOf(stranger ?? 0)]).toMatchObject([{ state: 'S' }, { state: 'S' }]);
    } finally {
      for (const pid of [daemon, other, stranger]) endIfThere(pid ?? 0);
    }
  });

  test('is ended when the limit is passed only after the agent itself has gone', async () => {
    await using job = await meteredJob({ handover: { limits: { minutes: 0.08 } } });
    const mark = { CHECKREIN_METER: job.meter.env['CHECKREIN_METER'] ?? '', ...PATH };
    const agent = job.agent({ steps: [ASK, CALL, WAIT], rounds: 3 }, STEP);
    await agent.ended;
    const daemon = leaveBehind({ ...mark, ...STEP });
    try {
      await expect.poll(() => processOf(daemon), GONE).toBeNull();
      expect(job.report()?.stop).toMatchObject({ cause: { limit: 'minutes' } });
    } finally {
      endIfThere(daemon);
    }
  });
});

function endIfThere(pid: number): void {
  if (pid > 1 && processOf(pid) !== null) process.kill(pid, 'SIGKILL');
}

describe('the end of a job whose agent prepared the files that it reads', () => {
  test.each([
    ['pipes', putPipe],
    [
      'giant files',
      (path: string): void => {
        writeFileSync(path, '');
        truncateSync(path, GIANT);
      },
    ],
  ])(
    'as %s comes all the same, settles the lease and tells',
    async (_name, prepare) => {
      await using job = await beginJob();
      await work(job);
      process.kill(job.meter.handle.pid, 'SIGKILL');
      prepare(join(job.meter.handle.folder, 'report'));
      prepare(join(job.home, '.claude/settings.json'));
      const post = await job.post();
      expect([post.exitCode, post.stderr], post.stdout).toEqual([0, '']);
      expect(plain(post.summary)).toContain('| Lease | settled |');
      await job.watch();
      const ledger = await readLedger(job.plot);
      expect(eventsOf(ledger, 'lease.settled')).toHaveLength(1);
      expect(violationsIn(ledger)).toMatchObject([{ kind: 'tampering', severity: 'critical' }]);
    },
    60_000,
  );

  test('with a pipe in the place of the settings is no end of the meter', async () => {
    await using job = await beginJob();
    await work(job);
    putPipe(join(job.home, '.claude/settings.json'));
    const post = await job.post();
    expect([post.exitCode, post.stderr], post.stdout).toEqual([0, '']);
    expect(post.stdout).not.toContain('did not end by itself');
    const [ended] = eventsOf(await readLedger(job.plot), 'guard.ended');
    expect(ended?.data.record.meter).toMatchObject({
      kind: 'ended',
      report: { problems: ['Hooks were removed from the settings of the engine'] },
    });
  });
});
