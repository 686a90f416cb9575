import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromMs, type Instant } from '../core/time.ts';
import { removeHooks } from './hooks/settings-file.ts';
import type { MeterEnding, MeterHandle } from './plan.ts';
import { processOf } from './processes.ts';
import { END_PATH } from './receiver.ts';
import { proofOfEnd, readReport, unsealed } from './report-file.ts';

/** The end of a job has ten seconds in all. This is how long to wait for an answer, and then for a busy meter. */
const PATIENCE = 2_000;
const LOOK = 50;

/**
 * Ends the meter at the end of a job, removes its hooks from the settings, and reads its report: from its answer, or from the
 * disk, which may be full. If the meter is gone or does not finish, somebody else ended it, and its last report says when it
 * was last alive. A meter with much left to read answers late, and its report says that it finished.
 */
export async function finishMeter(handle: MeterHandle): Promise<MeterEnding> {
  const asked = fromMs(Date.now());
  const answer = await askToEnd(handle);
  const answered = answer !== null || (await endsSince(asked, handle));
  for (const path of handle.settings) removeHooks(path, handle.key);
  const told = answer === null ? null : unsealed(handle.seal, answer);
  if (told !== null && told !== 'forged') return { kind: 'ended', report: told };
  const report = readReport(handle.folder, handle.seal);
  if (report === 'forged') return { kind: 'forged' };
  return answered && report?.endedAt != null ? { kind: 'ended', report } : { kind: 'died', report };
}

async function endsSince(asked: Instant, handle: MeterHandle): Promise<boolean> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    const isAtWork = works(handle);
    const report = readReport(handle.folder, handle.seal);
    if (report !== null && report !== 'forged' && report.endedAt !== null) return report.endedAt >= asked;
    if (!isAtWork || performance.now() > until) return false;
    await sleep(LOOK);
  }
}

/** A meter that somebody has suspended does nothing. */
function works({ pid, born }: MeterHandle): boolean {
  const found = processOf(pid);
  return found !== null && found.born === born && !/^[TtZX]$/.test(found.state);
}

/** No report is larger. */
const MOST_BYTES = 4_000_000;

/** The meter's answer; null without one. Another program may be listening on its port. */
function askToEnd({ port, key, seal }: MeterHandle): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, path: `/${key}/${END_PATH}`, method: 'POST', timeout: PATIENCE, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > MOST_BYTES) asked.destroy();
          else parts.push(part);
        });
        const whole = (): string => Buffer.concat(parts).toString('utf8');
        response.once('close', () => resolve(response.statusCode === 200 && size <= MOST_BYTES ? whole() : null));
      },
    );
    asked.on('timeout', () => asked.destroy()).on('error', () => resolve(null));
    asked.end(proofOfEnd(seal));
  });
}
