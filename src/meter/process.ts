import { text } from 'node:stream/consumers';
import { openPriceList } from '../sources/prices/genai-prices.ts';
import type { PriceList } from '../sources/prices/price-list.ts';
import type { MeterPlan } from './plan.ts';
import { runMeter } from './run.ts';

/** Only the end of the job may end the meter, not a process that runs next to it. */
const IGNORED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** In milliseconds: what Node's compilers need to finish. */
const A_MOMENT = 100;

/**
 * The meter's program: reads its plan, says where it listens, follows the agent and ends with the job. Without a plan there
 * is no agent to follow, because the step that started it ended before deciding whether the agent may start.
 */
export async function meterProcess(): Promise<void> {
  for (const name of IGNORED) process.on(name, () => undefined);
  const given = await text(process.stdin);
  if (given === '') return;
  const plan = JSON.parse(given) as MeterPlan;
  const openPrices = async (): Promise<PriceList> => openPriceList(plan.handover.startedAt, plan.prices);
  await runMeter(plan, openPrices, (ready) => {
    process.stdout.write(`${JSON.stringify(ready)}\n`);
  });
  // Not at once: after much work, ending may wait for a compiler that waits for this thread (nodejs/node, issue 54918).
  setTimeout(() => process.exit(0), A_MOMENT);
}
