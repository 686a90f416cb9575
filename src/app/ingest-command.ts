import type { Invocation } from './command-line.ts';
import { ingest } from './ingest.ts';
import { renderIngest } from './ingest-table.ts';
import { clearLine, progressOn } from './progress.ts';
import { EXIT, UsageError, type World } from './world.ts';

/** `checkrein ingest PATH…`. Fails when the paths hold no session that could be read. */
export async function ingestCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length === 0) throw new UsageError("'ingest' wants at least one file, folder or zip.");
  const draw = progressOn(world.err);
  const report = await ingest(invocation.operands, {
    now: world.now(),
    onProgress: (done, total) => draw('reading', done, total),
  });
  clearLine(world.err);
  world.out.write(invocation.has('json') ? `${JSON.stringify(report)}\n` : renderIngest(report));
  return report.sessions.length === 0 ? EXIT.failed : EXIT.done;
}
