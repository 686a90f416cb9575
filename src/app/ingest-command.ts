import { existsSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import type { Invocation } from './command-line.ts';
import { ingest } from './ingest.ts';
import { renderIngest } from './ingest-table.ts';
import { CONFIG_PATH, loadLocalConfig } from './load-config.ts';
import { presentMoment } from './present-moment.ts';
import { clearLine, progressOn } from './progress.ts';
import { jsonLine } from './screen.ts';
import { EXIT, UsageError, type World } from './world.ts';

/** What the configuration says of money. Without a file there is nothing to load. */
async function moneyOf(path: string | null): Promise<Pick<Config, 'prices' | 'plans'>> {
  if (path === null && !existsSync(CONFIG_PATH)) return { prices: [], plans: [] };
  return (await loadLocalConfig(path)).config;
}

/** `checkrein ingest PATH…`. Fails when the paths hold no session that could be read. */
export async function ingestCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length === 0) throw new UsageError("'ingest' wants at least one file, folder or zip.");
  const draw = progressOn(world.err);
  const { prices, plans } = await moneyOf(invocation.value('config'));
  const report = await ingest(invocation.operands, {
    prices,
    plans,
    now: presentMoment(invocation.value('now'), world),
    onProgress: (done, total) => draw('reading', done, total),
  });
  clearLine(world.err);
  world.out.write(invocation.has('json') ? jsonLine(report) : renderIngest(report, world.out.columns));
  return report.sessions.length === 0 ? EXIT.failed : EXIT.done;
}
