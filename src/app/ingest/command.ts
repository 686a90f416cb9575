import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import type { Invocation } from '../shell/flags.ts';
import { CONFIG_PATH, loadLocalConfig } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { type IngestReport, ingest } from './ingest.ts';
import { csvLines, jsonPieces } from './print.ts';
import { complaintList, renderIngest } from './table.ts';

/** What the configuration says of money. Without a file there is nothing to load. */
async function moneyOf(path: string | null): Promise<Pick<Config, 'prices' | 'plans'>> {
  if (path === null && !existsSync(CONFIG_PATH)) return { prices: [], plans: [] };
  return (await loadLocalConfig(path)).config;
}

/** `checkrein ingest PATH…`. Fails when the paths hold no session that could be read. */
export async function ingestCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length === 0) throw new UsageError("'ingest' wants at least one file, folder or zip.");
  if (invocation.has('json') && invocation.has('csv'))
    throw new UsageError("'ingest' prints --json or --csv, not both.");
  const draw = progressOn(world.err);
  const { prices, plans } = await moneyOf(invocation.value('config'));
  const report = await ingest(invocation.operands, {
    prices,
    plans,
    now: presentMoment(invocation.value('now'), world),
    agent: invocation.value('agent'),
    wanted: invocation.has('usage-only') ? 'usage' : 'all',
    onProgress: (done, total) => draw('reading', done, total),
  });
  clearLine(world.err);
  print(report, invocation, world);
  return report.sessions.length === 0 ? EXIT.failed : EXIT.done;
}

/** JSON and CSV go out piece by piece: the sessions of a large folder would not fit into one text. */
function print(report: IngestReport, invocation: Invocation, { out, err }: World): void {
  if (invocation.has('json')) {
    for (const piece of jsonPieces(report)) out.write(piece);
  } else if (invocation.has('csv')) {
    for (const line of csvLines(report.sessions)) out.write(line);
    if (report.complaints.length > 0) err.write(`${complaintList(report.complaints)}\n`);
  } else {
    out.write(renderIngest(report, out.columns));
  }
}
