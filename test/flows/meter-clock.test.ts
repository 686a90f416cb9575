import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { METER, meteredJob } from '../fakes/agent/job.ts';
import type { AgentStep } from '../fakes/agent/script.ts';

const WAIT: AgentStep = { kind: 'wait', ms: 100 };
const ASK: AgentStep = { kind: 'ask', input: 10, output: 10, usd: 0 };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-clock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The meter on a machine whose clock is set by some hours as soon as the returned function is called. */
function onClock(hours: number): { readonly program: string; readonly set: () => void } {
  const [program, flag] = [join(folder, 'meter.mjs'), join(folder, 'set')];
  const lines = [
    `import { existsSync } from 'node:fs';`,
    `const real = Date.now;`,
    `Date.now = () => real() + (existsSync(${JSON.stringify(flag)}) ? ${hours * 3_600_000} : 0);`,
    `await import(${JSON.stringify(pathToFileURL(METER).href)});`,
  ];
  writeFileSync(program, lines.join('\n'));
  return { program, set: () => writeFileSync(flag, '') };
}

describe('a clock that is set while an agent works', () => {
  test('forward ends no agent for its minutes', async () => {
    const clock = onClock(1);
    await using job = await meteredJob({ program: clock.program, handover: { limits: { minutes: 10 } } });
    const agent = job.agent({ steps: [ASK, WAIT], rounds: 40 });
    await sleep(1_500);
    clock.set();
    await agent.ended;
    const ended = await job.finish();
    expect(agent.said.at(-1)).toMatchObject({ ended: 'by itself' });
    expect(ended).toMatchObject({ kind: 'ended', report: { stop: null } });
  }, 20_000);

  test('back keeps no limit from being held', async () => {
    const clock = onClock(-1);
    await using job = await meteredJob({ program: clock.program, handover: { limits: { tokens: 100 } } });
    // It has looked for files once.
    await sleep(1_500);
    clock.set();
    const agent = job.agent({ leavesOut: ['telemetry', 'hooks'], steps: [ASK, WAIT], rounds: 100 });
    await agent.ended;
    expect(agent.said.at(-1)).not.toMatchObject({ ended: 'by itself' });
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { limit: 'tokens' }, hands: ['process'] });
    expect(stop?.took).toBeGreaterThan(0);
    expect(stop?.took).toBeLessThan(2_000);
  }, 30_000);
});
