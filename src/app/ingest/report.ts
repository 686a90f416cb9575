import type { Reading } from '../../sources/sessions/skim-files.ts';
import type { Invocation } from '../shell/flags.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { EXIT, type World } from '../shell/world.ts';
import { type IngestOptions, ingest } from './ingest.ts';
import { print } from './print.ts';

/** Finishes a reading that was started, prints the report and returns the exit code. */
export async function report(
  reading: Reading,
  options: IngestOptions,
  invocation: Invocation,
  world: World,
): Promise<number> {
  const draw = progressOn(world.err);
  const onProgress: IngestOptions['onProgress'] = (done, total) => draw('reading', done, total);
  const found = await ingest(reading, { ...options, onProgress });
  clearLine(world.err);
  print(found, invocation, world);
  return found.sessions.length === 0 ? EXIT.failed : EXIT.done;
}
