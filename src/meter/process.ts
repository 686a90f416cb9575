import { text } from 'node:stream/consumers';
import { openPriceList } from '../sources/prices/genai-prices.ts';
import type { PriceList } from '../sources/prices/price-list.ts';
import type { MeterPlan } from './plan.ts';
import { runMeter } from './run.ts';

/** Whoever lives beside the agent is asked to end by nobody but the end of the job. */
const IGNORED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * The program of the meter: reads its plan, says where it listens, follows the agent, ends with the job. Without a plan there is no agent
 * to follow: the step that woke it has ended before it was decided whether one may start.
 */
export async function meterProcess(): Promise<void> {
  for (const name of IGNORED) process.on(name, () => undefined);
  const given = await text(process.stdin);
  if (given === '') process.exit(0);
  const plan = JSON.parse(given) as MeterPlan;
  const openPrices = (): Promise<PriceList> => openPriceList(plan.handover.startedAt, plan.prices);
  await runMeter(plan, openPrices, (ready) => {
    process.stdout.write(`${JSON.stringify(ready)}\n`);
  });
  process.exit(0);
}
