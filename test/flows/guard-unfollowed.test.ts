import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../drivers/process.ts';
import { plantGate } from '../kit/gate.ts';
import { eventsOf } from './guarded.ts';

const TERMS = `version: 1
budgets: [{ name: repo-day, period: day, usd: 5 }]
agents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 2, minutes: 45 } }]
`;
const NOT_STARTED = 'The meter that follows the agent did not start: it did not say that it listens';

/** The action without the program of its meter, as where a machine lacks what it needs. */
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'checkrein-without-meter-'));
  for (const name of ['dist', 'action.yml', 'package.json']) {
    cpSync(join(ROOT, name), join(root, name), { recursive: true, filter: (path) => !path.endsWith('/meter.js') });
  }
});

afterAll(() => rmSync(root, { recursive: true }));

describe('an agent beside which no meter can be started', () => {
  test('is denied in enforce mode, and gives back at once what was reserved for it', async () => {
    await using gate = await plantGate(`mode: enforce\n${TERMS}`);
    const step = await gate.guard({ root, phases: ['main', 'post'] });
    expect([step.exitCode, step.outputs['decision'], step.outputs['lease']], step.stdout).toEqual([3, 'deny', '']);
    expect(step.outputs['reason']).toContain(NOT_STARTED);
    expect(step.summary).toContain(NOT_STARTED);
    expect(JSON.parse(step.state['checkrein-guard'] ?? '')).toMatchObject({ decision: 'deny', lease: null });
    const ledger = { events: await gate.events() };
    const [taken, ...noMore] = eventsOf(ledger, 'lease.taken');
    expect(noMore).toEqual([]);
    expect(eventsOf(ledger, 'lease.settled').map(({ data }) => data)).toEqual([
      { lease: taken?.data.lease.id, spent: { usd: 0, tokens: 0, minutes: 0 } },
    ]);
    expect(
      eventsOf(ledger, 'guard.decided').map(({ data: { admission } }) => [admission.decision, admission.lease]),
    ).toEqual([
      ['allow', taken?.data.lease.id],
      ['deny', null],
    ]);
    // It did not run: the end of the job has nothing to say of it.
    expect(eventsOf(ledger, 'guard.ended')).toEqual([]);
  });

  test('starts in shadow mode, which is told and keeps its lease', async () => {
    await using gate = await plantGate(TERMS);
    const step = await gate.guard({ root, phases: ['main', 'post'] });
    expect([step.exitCode, step.outputs['decision'], step.outputs['would-be']]).toEqual([0, 'warn', 'deny']);
    expect(step.stdout).toContain('::warning::');
    const ledger = { events: await gate.events() };
    expect(eventsOf(ledger, 'guard.decided').map(({ data }) => data.admission.wouldBe)).toEqual([null, 'deny']);
    expect(eventsOf(ledger, 'lease.settled')).toHaveLength(1);
    expect(eventsOf(ledger, 'guard.ended')).toMatchObject([{ data: { record: { meter: { kind: 'none' } } } }]);
  });

  test('starts in enforce mode where a lead has allowed that for a while', async () => {
    await using gate = await plantGate(`mode: enforce\n${TERMS}`);
    const step = await gate.guard({ root, env: { CHECKREIN_OVERRIDE: 'fixer until 2026-11-20T13:00:00Z' } });
    expect([step.exitCode, step.outputs['decision']], step.stdout).toEqual([0, 'warn']);
    expect(step.outputs['reason']).toContain('A variable of the repository lets it start until 2026-11-20 13:00 UTC');
  });
});
