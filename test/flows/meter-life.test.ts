import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { MeterHandle } from '../../src/meter/plan.ts';
import { isAlive } from '../../src/meter/processes.ts';
import { readReport } from '../../src/meter/report-file.ts';
import { ROOT } from '../drivers/process.ts';
import { meteredJob } from '../fakes/agent/job.ts';

/** A runner on a machine of its own, whose guard has started a meter. */
interface Machine extends AsyncDisposable {
  readonly runner: ChildProcess;
  readonly handle: MeterHandle;
  readonly settings: () => string;
}

async function startRunner(): Promise<Machine> {
  const home = mkdtempSync(join(tmpdir(), 'checkrein-runner-'));
  mkdirSync(join(home, 'temp'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, RUNNER_TEMP: join(home, 'temp'), GITHUB_WORKSPACE: home };
  const runner = spawn(process.execPath, [join(ROOT, 'test/fakes/agent/runner.ts')], {
    argv0: '/home/runner/runners/2.330.0/bin/Runner.Worker',
    ...{ env, stdio: ['ignore', 'pipe', 'inherit'] as const },
  });
  let said = '';
  for await (const part of runner.stdout ?? []) {
    said += String(part);
    if (said.endsWith('\n')) break;
  }
  const handle = JSON.parse(said) as MeterHandle;
  return {
    ...{ runner, handle },
    settings: () => readFileSync(handle.settings[0] ?? '', 'utf8'),
    [Symbol.asyncDispose]: async () => {
      runner.kill('SIGKILL');
      if (isAlive(handle)) process.kill(handle.pid, 'SIGKILL');
      await gone(handle, 5_000);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function gone(handle: MeterHandle, within: number): Promise<boolean> {
  const until = Date.now() + within;
  while (isAlive(handle) && Date.now() < until) await sleep(50);
  return !isAlive(handle);
}

describe.skipIf(process.platform !== 'linux')('a meter (where the system tells of processes)', () => {
  test('goes on when the step and the shell that ran it are gone, and ends when the runner is', async () => {
    await using machine = await startRunner();
    // It looks every five seconds.
    expect(await gone(machine.handle, 7_000)).toBe(false);
    expect(machine.settings()).toContain(machine.handle.key);
    machine.runner.kill('SIGKILL');
    expect(await gone(machine.handle, 60_000)).toBe(true);
    expect(machine.settings()).not.toContain(machine.handle.key);
    expect(readReport(machine.handle.folder, machine.handle.seal)).toMatchObject({ endedAt: expect.any(String) });
  });

  test('lives no longer than a job can last, whatever becomes of the job, and takes its hooks out', async () => {
    await using job = await meteredJob({ most: 2_000 });
    const { handle } = job.meter;
    expect(await gone(handle, 60_000)).toBe(true);
    expect(existsSync(join(handle.folder, 'report'))).toBe(true);
    expect(readFileSync(join(job.home, '.claude/settings.json'), 'utf8')).not.toContain(handle.key);
  });
});
