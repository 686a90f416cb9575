import { describe, expect, test } from 'vitest';
import { REPO } from '../../../test/kit/happenings.ts';
import { duty, minute } from '../../../test/kit/pager.ts';
import { readAlerts } from '../../config/alerts.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { type Instant, SECOND } from '../../core/time.ts';
import type { WatchJob } from '../job.ts';
import { givenRules } from './conditions.ts';
import { confirm } from './confirm.ts';
import { judge } from './judge.ts';
import { readAhead } from './read-ahead.ts';

function probed(at: Instant, ok: boolean): LedgerEvent {
  const probes = [
    { what: 'mcp-server', name: 'tickets', ok, latency: null, problem: ok ? null : 'it ended', tools: null },
  ];
  return {
    ...{ v: 1, id: `health:${at}`, kind: 'health.probed', at, seen: at, repo: REPO },
    ...{ subject: { kind: 'checkrein', name: 'health' }, data: { probes } },
  } as unknown as LedgerEvent;
}

/** A run that has seen a server down; `answers` are those of the samples to come. */
async function plant(answers: readonly boolean[], settings = 'samples: 3, every: 20s') {
  const site = duty();
  const [samples, every] = [...settings.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const rule = {
    ...{ name: 'servers_down', condition: "health.mcpServers.status == 'unhealthy'", duration: '1m' },
    confirm: { samples, every: `${every}s` },
  };
  const context = { vars: {}, channels: { names: [], leftOut: [] }, policies: [], taken: [], interval: 900_000 };
  const { alerts, faults } = readAlerts({ critical: [rule] }, context, []);
  expect(faults.filter(({ weight }) => weight === 'error')).toEqual([]);
  site.config = { ...site.config, alerts };
  site.given = givenRules(site.config);
  const slept: number[] = [];
  const sampled: Instant[] = [];
  const job: WatchJob = {
    ...site.job(minute(0)),
    sleep: async (pause) => void slept.push(pause / SECOND),
    sample: async (_state, at) => {
      const ok = answers[sampled.length] ?? false;
      sampled.push(at);
      return { events: [probed(at, ok)], complaints: [] };
    },
  };
  const { state } = await job.ledger.append(() => [probed(job.now, false)]);
  const judged = await judge(job, await readAhead(job, state));
  const alert = async () =>
    Object.values((await site.state()).alerts.alerts).find(({ name }) => name === 'servers_down');
  expect(await alert()).toMatchObject({ state: 'pending', observations: 1 });
  return { job, judged, slept, sampled, alert };
}

describe('a rule that confirms', () => {
  test('is active once its samples have lasted as long as it waits, at the moment of the last one', async () => {
    const { job, judged, slept, sampled, alert } = await plant([]);
    const sure = await confirm(job, judged);
    expect(sure.job.now).toBe(minute(1));
    expect([slept, sampled.at(-1)]).toEqual([[20, 20, 20], minute(1)]);
    expect(await alert()).toMatchObject({ state: 'active', since: minute(0), activeAt: minute(1) });
    expect(sure.judged.alerts.alerts).toEqual((await job.ledger.read()).state.alerts.alerts);
  });

  test('takes no further sample once one of them is well', async () => {
    const { job, judged, sampled, alert } = await plant([true]);
    const sure = await confirm(job, judged);
    expect(sampled).toHaveLength(1);
    expect(await alert()).toBeUndefined();
    expect(sure.judged.findings.find(({ rule }) => rule === 'servers_down')?.outcome).toBe('ok');
  });

  test('waits on for the next run where its samples end too soon, which takes none', async () => {
    const { job, judged, slept, sampled, alert } = await plant([], 'samples: 2, every: 10s');
    await confirm(job, judged);
    expect([slept, sampled.length]).toEqual([[10, 10], 2]);
    expect(await alert()).toMatchObject({ state: 'pending', observations: 3 });
    const next = { ...job, now: minute(0.5) };
    const again = await judge(next, await readAhead(next, (await job.ledger.read()).state));
    await confirm(next, again);
    expect(sampled).toHaveLength(2);
  });

  test('is asked once by a job that gathers nothing', async () => {
    const { job, judged, slept } = await plant([]);
    expect(await confirm({ ...job, sample: null }, judged)).toEqual({ job: { ...job, sample: null }, judged });
    expect(slept).toEqual([]);
  });
});
