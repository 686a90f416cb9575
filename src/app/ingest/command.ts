import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { startReading } from '../../sources/sessions/skim-files.ts';
import { agentOption } from '../shell/agent-option.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import type { Invocation } from '../shell/flags.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { UsageError, type World } from '../shell/world.ts';

/** The part of the configuration about money. Without a file there is nothing to load. */
async function moneyOf(path: string | null): Promise<Pick<Config, 'prices' | 'plans'>> {
  if (path === null && !existsSync(CONFIG_PATH)) return { prices: [], plans: [] };
  const { loadLocalConfig } = await import('../shell/load-config.ts');
  return (await loadLocalConfig(path)).config;
}

/** `checkrein ingest PATH…`. Fails when the paths hold no readable session. */
export async function ingestCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length === 0) throw new UsageError("'ingest' wants at least one file, folder or zip.");
  if (invocation.has('json') && invocation.has('csv'))
    throw new UsageError("'ingest' prints --json or --csv, not both.");
  // Mistakes are told before a file is read.
  const now = presentMoment(invocation.value('now'), world);
  const agent = agentOption(invocation);
  const { prices, plans } = await moneyOf(invocation.value('config'));
  const wanted = invocation.has('usage-only') ? 'usage' : 'all';
  const reading = startReading(invocation.operands, wanted, world.helpers);
  // Files are being read while the rest of the program loads.
  const { report } = await import('./report.ts');
  return await report(reading, { prices, plans, now, agent }, invocation, world);
}
