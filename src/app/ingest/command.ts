import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { startReading } from '../../sources/sessions/skim-files.ts';
import type { Invocation } from '../shell/flags.ts';
import { CONFIG_PATH, loadLocalConfig } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';

/** The part of the configuration about money. Without a file there is nothing to load. */
async function moneyOf(path: string | null): Promise<Pick<Config, 'prices' | 'plans'>> {
  if (path === null && !existsSync(CONFIG_PATH)) return { prices: [], plans: [] };
  return (await loadLocalConfig(path)).config;
}

/** `checkrein ingest PATH…`. Fails when the paths hold no readable session. */
export async function ingestCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length === 0) throw new UsageError("'ingest' wants at least one file, folder or zip.");
  if (invocation.has('json') && invocation.has('csv'))
    throw new UsageError("'ingest' prints --json or --csv, not both.");
  // Mistakes are told before a file is read.
  const now = presentMoment(invocation.value('now'), world);
  const { prices, plans } = await moneyOf(invocation.value('config'));
  const reading = startReading(invocation.operands, invocation.has('usage-only') ? 'usage' : 'all');
  // Files are being read while the rest of the program loads.
  const [{ ingest }, { print }] = await Promise.all([import('./ingest.ts'), import('./print.ts')]);
  const draw = progressOn(world.err);
  const report = await ingest(reading, {
    prices,
    plans,
    now,
    agent: invocation.value('agent'),
    onProgress: (done, total) => draw('reading', done, total),
  });
  clearLine(world.err);
  print(report, invocation, world);
  return report.sessions.length === 0 ? EXIT.failed : EXIT.done;
}
