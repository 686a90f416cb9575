import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type MeteredJob, meteredJob } from '../fakes/agent/job.ts';
import type { AgentStep } from '../fakes/agent/script.ts';

/** Starts a program that is no agent in a later step of a job. */
function beside(job: MeteredJob, program: string, words: readonly string[]): ChildProcess {
  const env = { PATH: process.env['PATH'] ?? '', HOME: job.home, ...job.meter.env };
  return spawn(program, words, { env, cwd: job.workspace, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Whether a program still runs when the meter has looked for the agent again, twice. */
async function isLeftAlone(child: ChildProcess): Promise<boolean> {
  await sleep(2_500);
  const alive = child.exitCode === null && child.signalCode === null;
  child.kill('SIGKILL');
  return alive;
}

/** A job whose agent has passed a limit and was ended. */
async function endedJob(): Promise<MeteredJob> {
  const job = await meteredJob({ handover: { limits: { tokens: 10 } } });
  const agent = job.agent({
    leavesOut: ['hooks'],
    steps: [
      { kind: 'ask', input: 10, output: 10, usd: 0 },
      { kind: 'wait', ms: 100 },
    ],
    rounds: 1_000,
  });
  await agent.ended;
  await job.reported((report) => report.stop?.took != null);
  return job;
}

/** Traces as another program than an engine exports them, again and again. */
const TRACED = `
const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: [
  { key: 'service.name', value: { stringValue: 'buildx' } }] }, scopeSpans: [{ spans: [{ name: 'build' }] }] }] });
const send = () => fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces',
  { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then((answer) => console.log(answer.status));
send(); setInterval(send, 200);`;

describe.skipIf(process.platform !== 'linux')(
  'where an agent was ended (and the system tells), the job goes on',
  () => {
    test('with a build that exports its own traces to where OTEL_* points', async () => {
      await using job = await endedJob();
      const build = beside(job, process.execPath, ['-e', TRACED]);
      const [status] = (await new Promise((resolve) => build.stdout?.once('data', (...said) => resolve(said)))) as [
        Buffer,
      ];
      expect(`${status}`.trim()).toBe('200');
      expect(await isLeftAlone(build)).toBe(true);
    }, 20_000);

    test.each([
      ['reads', 'tail', ['-f', 'CLAUDE.md']],
      ['is a script about', 'sh', ['post-claude-summary.sh']],
    ])(
      'with a program that %s something named like the engine',
      async (_what, program, words) => {
        await using job = await endedJob();
        writeFileSync(join(job.workspace, 'CLAUDE.md'), 'x\n');
        writeFileSync(join(job.workspace, 'post-claude-summary.sh'), 'while :; do sleep 1; done\n');
        expect(await isLeftAlone(beside(job, program, words))).toBe(true);
      },
      20_000,
    );
  },
);

describe('two runners of one user on a machine', () => {
  test('count the sessions of their own jobs, though both are in one home', async () => {
    await using job = await meteredJob({ handover: { limits: { tokens: 500 } } });
    // As the runner lays it out: its folder, `_work`, and twice the name of the repository.
    const theirs = join(job.home, 'runner-2', '_work', 'garden', 'garden');
    mkdirSync(theirs, { recursive: true });
    const own = { OTEL_EXPORTER_OTLP_ENDPOINT: '', CHECKREIN_METER: 'another' };
    const steps: AgentStep[] = [
      { kind: 'ask', input: 100, output: 100, usd: 0 },
      { kind: 'wait', ms: 100 },
    ];
    const leavesOut = ['hooks', 'telemetry'] as const;
    const other = job.agent({ leavesOut, steps, session: 'session-2', cwd: theirs, rounds: 20 }, own);
    await other.ended;
    expect(other.said.at(-1)).toMatchObject({ ended: 'by itself' });
    const agent = job.agent({ leavesOut, steps, rounds: 1 });
    await agent.ended;
    const ended = await job.finish();
    expect(ended).toMatchObject({ kind: 'ended', report: { stop: null, use: { tokens: 200, turns: 1 } } });
  }, 20_000);
});
