import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guard } from '../../src/app/guard/guard.ts';
import type { World } from '../../src/app/shell/world.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import { HOUR, after as later } from '../../src/core/time.ts';
import { directoryStore } from '../../src/ledger/directory-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { runCli } from '../drivers/run-cli.ts';
import { GUARD_PERMISSIONS, plantGate } from '../kit/gate.ts';
import { NOON } from '../kit/halts.ts';
import { sourceRead } from '../kit/leases.ts';

const IN_PROCESS = 100;
const PROCESSES = 20;
/** Sessions of two dollars that the day has room for; the agent's own day has room for more. */
const ROOM = 15;

const CONFIG = `version: 1
mode: enforce
budgets:
  - { name: repo-day, period: day, usd: ${2 * ROOM} }
  - { name: fixer-day, agent: fixer, period: day, usd: 100 }
agents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 2 } }]
`;

function brief(duration: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration / 10);
  });
}

/** Everything that a process of its own would have. */
function worldOf(by: number): World {
  const screen = { write: () => undefined, columns: null, colour: false };
  return {
    now: () => NOON,
    by: String(by),
    sleep: brief,
    env: {},
    out: screen,
    err: screen,
    program: 'checkrein',
    helpers: [],
  };
}

function ledgerIn(folder: string): Ledger<LedgerState> {
  return treeLedger(directoryStore(folder), stateFold, { repo: 'octo/repo', now: () => NOON, ...STATE_TERMS });
}

describe('many guards at once', () => {
  test('through the front door never promise more than one budget allows', { timeout: 300_000 }, async () => {
    const root = await mkdtemp(join(tmpdir(), 'guards-'));
    try {
      const [folder, config] = [join(root, 'ledger'), join(root, 'checkrein.yml')];
      await writeFile(config, CONFIG);
      await ledgerIn(folder).append(() => [sourceRead(later(NOON, -HOUR))]);
      const asking = { workflow: null, attempt: 1, job: null, actor: null, trigger: null, parent: null };
      const order = {
        repo: 'octo/repo',
        ledger: `dir:${folder}`,
        config: { local: config },
        now: NOON,
        agent: 'fixer',
      };
      const variables = { haltVariable: '', overrideVariable: '' };
      const inside = Array.from({ length: IN_PROCESS }, (_, n) =>
        guard({ ...order, ...variables, asking: { ...asking, run: 1_000 + n }, setOff: null }, worldOf(n)),
      );
      const words = ['guard', '--agent', 'fixer', '--ledger', `dir:${folder}`, '--config', config, '--now', NOON];
      const outside = Array.from({ length: PROCESSES }, (_, n) => runCli([...words, '--run', String(n + 1), '--json']));
      const [guarded, finished] = await Promise.all([Promise.all(inside), Promise.all(outside)]);

      const codes = finished.map(({ exitCode }) => exitCode);
      expect(finished.filter(({ exitCode }) => exitCode !== 0 && exitCode !== 3)).toEqual([]);
      const promised =
        codes.filter((code) => code === 0).length + guarded.filter(({ admission }) => admission.lease !== null).length;
      const denied =
        codes.filter((code) => code === 3).length +
        guarded.filter(({ admission }) => admission.decision === 'deny').length;
      expect([promised, denied]).toEqual([ROOM, IN_PROCESS + PROCESSES - ROOM]);
      const { state } = await ledgerIn(folder).read();
      const leases = Object.values(state.budgets.leases);
      expect(leases.reduce((sum, { reserved }) => sum + (reserved.usd ?? 0), 0)).toBe(2 * ROOM);
      expect(await ledgerIn(folder).verify()).toMatchObject({ ok: true });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  test('on a branch of GitHub neither', { timeout: 300_000 }, async () => {
    const config = CONFIG.replace(`usd: ${2 * ROOM}`, 'usd: 4');
    await using gate = await plantGate(config);
    for (const resource of ['core', 'graphql'] as const) {
      gate.github.rates.pool('github_token', resource).limit = 100_000;
    }
    const token = gate.github.mintToken(GUARD_PERMISSIONS);
    const steps = await Promise.all(Array.from({ length: 6 }, (_, n) => gate.guard({ run: n + 1, token })));
    const decisions = steps.map(({ outputs }) => outputs['decision']);
    // Room for two of two dollars each.
    expect(decisions.filter((decision) => decision !== 'deny')).toHaveLength(2);
    expect(steps.filter(({ exitCode }) => exitCode === 3)).toHaveLength(4);
    expect((await gate.events()).filter(({ kind }) => kind === 'lease.taken')).toHaveLength(2);
  });

  test('a runner whose clock is slow overlooks nothing that others have just reserved', async () => {
    const config = CONFIG.replace(`usd: ${2 * ROOM}`, 'usd: 2');
    await using gate = await plantGate(config);
    expect((await gate.guard({ run: 1 })).exitCode).toBe(0);
    const slow = await gate.guard({ run: 2, now: later(NOON, -90_000) });
    expect([slow.exitCode, slow.outputs['decision']]).toEqual([3, 'deny']);
  });
});
