import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { MeterLimits } from '../../src/core/guard.ts';
import { type MeteredJob, meteredJob } from '../fakes/agent/job.ts';
import type { AgentStep } from '../fakes/agent/script.ts';
import { post, requestOf } from '../fakes/agent/telemetry.ts';
import { type Gate, plantGate } from '../kit/gate.ts';

const WAIT: AgentStep = { kind: 'wait', ms: 100 };
const ASK: AgentStep = { kind: 'ask', input: 10, output: 10, usd: 0 };

/** A job in a run of the fake GitHub, which the guard may cancel. */
async function jobInRun({ github, fixer }: Gate, limits: MeterLimits): Promise<MeteredJob> {
  const run = github.startRun(fixer).id;
  const errand = {
    agent: 'fixer',
    workflow: null,
    run,
    attempt: 1,
    job: null,
    actor: null,
    trigger: null,
    parent: null,
  };
  return await meteredJob({
    github: { api: github.url, token: github.mintToken({ actions: 'write' }) },
    handover: { repo: github.fullName, errand, limits },
  });
}

/**
 * An agent that works for two seconds and leaves. It begins when the meter has looked for it once, and may have left before
 * the next time, unless it is looked for as soon as it is heard. Returns how long it lived, in milliseconds.
 */
async function workAndLeave(job: MeteredJob): Promise<number> {
  await sleep(500);
  const began = Date.now();
  const agent = job.agent({ steps: [ASK, WAIT], rounds: 20 });
  const ended = await agent.ended;
  expect(agent.said.at(-1)).toMatchObject({ ended: 'by itself' });
  return ended - began;
}

async function late(job: MeteredJob, tokens: number): Promise<void> {
  expect((await post(job, 'otlp/v1/logs', JSON.stringify(requestOf({ intValue: tokens })))).status).toBe(200);
}

function cancels({ github }: Gate): number {
  return github.log.filter(({ path }) => path.endsWith('/cancel')).length;
}

describe.skipIf(process.platform !== 'linux')('the job of an agent that has left (where the system tells)', () => {
  test('may go on for longer than the minutes of the agent', async () => {
    await using gate = await plantGate(null);
    await using job = await jobInRun(gate, { minutes: 0.15 });
    await workAndLeave(job);
    await sleep(9_000);
    const ended = await job.finish();
    expect(ended).toMatchObject({ kind: 'ended', report: { stop: null, use: { turns: 20 } } });
    expect(ended.kind === 'ended' ? ended.report.use.minutes : null).toBeLessThan(0.15);
    expect(cancels(gate)).toBe(0);
  });

  test('is not counted in its minutes', async () => {
    await using gate = await plantGate(null);
    await using job = await jobInRun(gate, {});
    const lived = await workAndLeave(job);
    await sleep(6_000);
    const ended = await job.finish();
    const { minutes } = ended.kind === 'ended' ? ended.report.use : { minutes: Number.NaN };
    // What it wrote last may be read a moment after its end.
    expect(minutes * 60_000).toBeLessThan(lived + 3_000);
  });

  test('goes on where its last request, told late, passes a limit, until the agent is heard again', async () => {
    await using gate = await plantGate(null);
    await using job = await jobInRun(gate, { tokens: 1_000 });
    await workAndLeave(job);
    await late(job, 5_000);
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { limit: 'tokens' }, mode: 'enforce', hands: [] });
    await late(job, 6_000);
    await sleep(2_500);
    expect(cancels(gate)).toBe(0);
    // Something works where its processes are not found.
    await late(job, 7_000);
    await job.reported((report) => report.stop?.hands[0] === 'run');
    await late(job, 8_000);
    await sleep(300);
    expect(cancels(gate)).toBe(1);
  });
});
