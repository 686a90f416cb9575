import { text } from 'node:stream/consumers';
import { openPriceList } from '../sources/prices/genai-prices.ts';
import type { PriceList } from '../sources/prices/price-list.ts';
import type { MeterPlan } from './plan.ts';
import { runMeter } from './run.ts';

/** Only the end of the job may end the meter, not a process that runs next to it. */
const IGNORED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * The meter's program: reads its plan, says where it listens, follows the agent and ends with the job. Without a plan there
 * is no agent to follow, because the step that started it ended before deciding whether the agent may start.
 */
export async function meterProcess(): Promise<void> {
  for (const name of IGNORED) process.on(name, () => undefined);
  const given = await text(process.stdin);
  if (given === '') process.exit(0);
  const plan = JSON.parse(given) as MeterPlan;
  const openPrices = async (): Promise<PriceList> => openPriceList(plan.handover.startedAt, plan.prices);
  await runMeter(plan, openPrices, (ready) => {
    process.stdout.write(`${JSON.stringify(ready)}\n`);
  });
  process.exit(0);
}
