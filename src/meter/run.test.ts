import { setTimeout as sleep } from 'node:timers/promises';
import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { HANDOVER } from '../../test/fakes/agent/job.ts';
import { SERVICE } from '../../test/fakes/agent/telemetry.ts';
import type { MeterReport } from '../core/guard.ts';
import { fromMs, MINUTE, SECOND } from '../core/time.ts';
import type { PriceList } from '../sources/prices/price-list.ts';
import type { MeterPlan, MeterReady } from './plan.ts';
import { END_PATH } from './receiver.ts';
import { proofOfEnd, readReport } from './report-file.ts';
import { runMeter } from './run.ts';

/** A plan for a session that may cost a dollar and is not ended when it costs more. */
function planIn(folder: string): MeterPlan {
  return {
    handover: { ...HANDOVER, startedAt: fromMs(Date.now()), mode: 'shadow', limits: { usd: 1 } },
    ...{
      folder,
      workspace: folder,
      roots: { claude: [], codex: [], gemini: [] },
      mark: 'run-test',
      key: 'key',
      seal: 'seal',
    },
    ...{ worker: null, most: MINUTE, shared: true, prices: [], github: null, haltEvery: MINUTE, ledgerLoss: 'end' },
    settings: [],
  };
}

/** A request of which Claude Code does not say what it cost. */
const REQUEST = {
  resourceLogs: [
    {
      resource: SERVICE,
      scopeLogs: [
        {
          logRecords: [
            {
              body: { stringValue: 'claude_code.api_request' },
              attributes: [
                { key: 'event.name', value: { stringValue: 'api_request' } },
                { key: 'model', value: { stringValue: 'claude-sonnet-4-5' } },
                ...['input_tokens', 'output_tokens'].map((key) => ({ key, value: { intValue: 1_000 } })),
              ],
            },
          ],
        },
      ],
    },
  ],
};

/** Counting is put off by this much at most after one that took long (recount.ts). */
const NEXT_COUNT = SECOND + 100;

test('what came over telemetry before the prices were there is compared with the limits as soon as they are', async () => {
  await using files = await createFixture({});
  const plan = planIn(files.path);
  let load: (prices: PriceList) => void = () => undefined;
  const loaded = new Promise<PriceList>((resolve) => {
    load = resolve;
  });
  let ran: Promise<void> = Promise.resolve();
  const { port } = await new Promise<MeterReady>((ready) => {
    ran = runMeter(plan, () => loaded, ready);
  });
  const address = `http://127.0.0.1:${port}/${plan.key}`;
  await sleep(NEXT_COUNT);
  const sent = await fetch(`${address}/v1/logs`, { method: 'POST', body: JSON.stringify(REQUEST) });
  expect(sent.status).toBe(200);
  // The first to ask for a price must be who compares, not the report that says every five seconds that the meter is alive.
  const priced = new Promise<MeterReport | 'forged' | null>((resolve) => {
    load(() => {
      queueMicrotask(() => resolve(readReport(plan.folder, plan.seal)));
      return 2;
    });
  });
  const report = await priced;
  await fetch(`${address}/${END_PATH}`, { method: 'POST', body: proofOfEnd(plan.seal) });
  await ran;
  expect(report).toMatchObject({ stop: { cause: { kind: 'limit', limit: 'usd', used: 2, allowed: 1 } } });
});
