import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wakeMeter } from '../../src/meter/start.ts';
import { plantGate } from '../kit/gate.ts';

let temp: string;

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'checkrein-waiting-'));
});

afterEach(() => rmSync(temp, { recursive: true, force: true }));

/** The processes that work in a folder of `temp`. */
function within(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(temp);
    } catch (error) {
      if (error instanceof Error && 'code' in error) return false;
      throw error;
    }
  });
}

async function untilNobody(): Promise<number> {
  for (let tries = 0; tries < 1_200 && within().length > 0; tries++) await wait(50);
  return within().length;
}

describe.skipIf(!existsSync('/proc/self/cwd'))('a meter that waits (where the system tells of processes)', () => {
  test('is gone without a trace once it is dismissed', async () => {
    const meter = wakeMeter({ PATH: process.env['PATH'], RUNNER_TEMP: temp });
    expect(within()).toHaveLength(1);
    meter.dismiss();
    expect(await untilNobody()).toBe(0);
    expect(readdirSync(temp)).toEqual([]);
  });

  test('is not left behind by a guard that denies', async () => {
    await using gate = await plantGate(
      'version: 1\nmode: enforce\nagents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 2 } }]\n' +
        'budgets: [{ name: repo-day, period: day, usd: 1 }]\n',
    );
    const step = await gate.guard({ env: { RUNNER_TEMP: temp }, goesOn: true });
    // Empty, not missing: what a step says of its state counts before what an agent may have put into the environment.
    expect([step.exitCode, step.outputs['decision'], step.state['checkrein-meter']]).toEqual([3, 'deny', '']);
    expect(await untilNobody()).toBe(0);
    expect(readdirSync(temp).filter((name) => name.startsWith('checkrein-meter'))).toEqual([]);
  });

  test('ends by itself when the step is killed before it has decided', async () => {
    await using gate = await plantGate('version: 1\nmode: enforce\n');
    gate.github.faults.add({ path: '/graphql', fault: { kind: 'hang' } });
    const step = await gate.guard({ env: { RUNNER_TEMP: temp }, goesOn: true, killOn: AbortSignal.timeout(3_000) });
    expect(step.exitCode).toBe(null);
    expect(await untilNobody()).toBe(0);
  });
});
