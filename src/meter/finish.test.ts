import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { MeterReport } from '../core/guard.ts';
import { fromMs } from '../core/time.ts';
import { finishMeter } from './finish.ts';
import type { MeterHandle } from './plan.ts';
import { processOf } from './processes.ts';
import { sealed, writeReport } from './report-file.ts';

const closed: (() => void)[] = [];
afterEach(() => {
  for (const close of closed.splice(0)) close();
});

/** A meter that takes the order to end and does not answer; `then` is what it does instead. */
async function silentMeter(then: (handle: MeterHandle) => Promise<void>): Promise<MeterHandle> {
  const folder = mkdtempSync(join(tmpdir(), 'checkrein-silent-'));
  let order: () => void = () => undefined;
  const server: Server = createServer(() => order());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const born = processOf(process.pid)?.born ?? '';
  const handle = { ...{ port, pid: process.pid, born, folder, key: 'key', seal: 'seal' }, settings: [] };
  order = () => void then(handle);
  closed.push(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return handle;
}

function reportAt(endedAt: string | null): MeterReport {
  const at = fromMs(Date.now());
  return {
    ...{ startedAt: at, beatAt: at, endedAt, heard: [], stop: null, refused: [], moreRefused: 0, problems: [] },
    use: { usd: null, tokens: null, turns: null, minutes: 0, calls: null },
  };
}

describe.skipIf(process.platform !== 'linux')(
  'a meter that does not answer (where the system tells of processes)',
  () => {
    test('has ended in order when its report says so a moment later', async () => {
      const handle = await silentMeter(async ({ folder, seal }) => {
        await sleep(2_400);
        writeReport(folder, seal, reportAt(fromMs(Date.now())));
      });
      expect(await finishMeter(handle)).toMatchObject({ kind: 'ended' });
    });

    test('was ended by somebody when its report never says so', async () => {
      const handle = await silentMeter(async ({ folder, seal }) => void writeReport(folder, seal, reportAt(null)));
      expect(await finishMeter(handle)).toMatchObject({ kind: 'died', report: { endedAt: null } });
    });

    test('is not replaced by somebody who listens where it did, and learns nothing to forge its report with', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'checkrein-impostor-'));
      const forged = { ...reportAt(null), endedAt: fromMs(Date.now() + 1_000) };
      const server: Server = createServer((request, response) => {
        let heard = '';
        request.on('data', (part: Buffer) => {
          heard += part.toString();
        });
        request.on('end', () => {
          writeReport(folder, heard, forged);
          response.end(sealed(heard, forged));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closed.push(() => {
        server.close();
        rmSync(folder, { recursive: true });
      });
      const { port } = server.address() as AddressInfo;
      const handle = { port, pid: 2 ** 22 + 1, born: '1', folder, key: 'key', seal: 'seal', settings: [] };
      writeReport(folder, 'seal', reportAt(null));
      expect(await finishMeter(handle)).toEqual({ kind: 'forged' });
    });

    test('was not there to the end when its report is of an end before it was asked', async () => {
      const handle = await silentMeter(async () => undefined);
      writeReport(handle.folder, handle.seal, reportAt(fromMs(Date.now() - 60_000)));
      expect(await finishMeter(handle)).toMatchObject({ kind: 'died' });
    });
  },
);
