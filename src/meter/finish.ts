import { request } from 'node:http';
import { removeHooks } from './claude-settings.ts';
import type { MeterEnding, MeterHandle } from './plan.ts';
import { END_PATH } from './receiver.ts';
import { readReport } from './report-file.ts';

/** The end of a job may have ten seconds for all it does. */
const PATIENCE = 2_000;

/**
 * Ends the meter at the end of a job, takes its hooks out of the settings, and reads what it tells. A meter that is not there any more,
 * or that does not answer, was ended by somebody else: its last report says when it was last alive.
 */
export async function finishMeter(handle: MeterHandle): Promise<MeterEnding> {
  const answered = await askToEnd(handle);
  for (const path of handle.settings) removeHooks(path, handle.key);
  const report = readReport(handle.folder, handle.seal);
  if (report === 'forged') return { kind: 'forged' };
  return answered && report?.endedAt != null ? { kind: 'ended', report } : { kind: 'died', report };
}

function askToEnd({ port, key, seal }: MeterHandle): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path: `/${key}/${END_PATH}`, method: 'POST', timeout: PATIENCE, agent: false },
      (response) => {
        response.resume().once('close', () => resolve(response.statusCode === 200));
      },
    );
    asked.on('timeout', () => asked.destroy()).on('error', () => resolve(false));
    asked.end(seal);
  });
}
