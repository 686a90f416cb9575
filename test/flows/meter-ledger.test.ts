import { describe, expect, test } from 'vitest';
import { STATE_TERMS, stateFold } from '../../src/app/state.ts';
import { LEDGER_LOST, type LedgerLoss, type MeterReport } from '../../src/core/guard.ts';
import { after, DAY, HOUR } from '../../src/core/time.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { HANDOVER, meteredJob } from '../fakes/agent/job.ts';
import type { AgentStep } from '../fakes/agent/script.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { type Gate, plantGate } from '../kit/gate.ts';
import { NOON } from '../kit/halts.ts';
import { leaseTaken } from '../kit/leases.ts';

const LEDGER = 'refs/heads/checkrein';
const WAIT: AgentStep = { kind: 'wait', ms: 100 };
const LEASE = {
  ...HANDOVER.errand,
  ...{ id: 'lease:7:1:fixer:fix', at: NOON, until: after(NOON, HOUR) },
  reserved: { usd: null, tokens: null, minutes: null },
};

interface Loss {
  readonly loss: LedgerLoss | 'compacted' | 'unreadable' | 'out of sight';
  readonly mode?: 'shadow' | 'enforce';
  readonly ledgerLoss?: 'end' | 'tell';
}

/** What becomes of a ledger while an agent works. */
async function lose({ github }: Gate, loss: Loss['loss'], before: string): Promise<void> {
  switch (loss) {
    case 'gone':
      return await github.git.deleteRef(LEDGER);
    case 'rewound':
      return void (await github.git.moveRef(LEDGER, await github.git.readRef(LEDGER), before));
    case 'compacted':
      return await compact(github);
    case 'unreadable':
      return void github.faults.add({ path: /checkrein/, times: Number.POSITIVE_INFINITY, fault: { kind: 'reset' } });
    case 'out of sight':
      return void github.faults.add({
        ...{ path: /\/git\//, times: Number.POSITIVE_INFINITY },
        fault: { kind: 'status', status: 404, body: { message: 'Not Found' } },
      });
    default:
      loss satisfies never;
  }
}

/** As `watch` does once a day: what is old is cut off, and the branch begins anew. */
async function compact(github: Gate['github']): Promise<void> {
  const { git } = connectToFake(github, { contents: 'write' }, { timeoutMs: 60_000 });
  const store = gitBranchStore(git, { repo: github.fullName, branch: 'checkrein' });
  const now = after(NOON, 200 * DAY);
  const ledger = treeLedger(store, stateFold, { repo: github.fullName, now: () => now, ...STATE_TERMS });
  const compacted = await ledger.compact({
    ...{ eventsSince: now, slack: 0, alertsKept: DAY, keeps: () => () => false, by: 'test' },
    rollupsSince: { minute: now, hour: now, day: now },
  });
  expect(compacted?.historyKept).toBeNull();
}

const byProcess = (how: LedgerLoss): object => ({
  stop: { cause: { kind: 'ledger', how }, mode: 'enforce', hands: ['process'] },
  problems: expect.arrayContaining([LEDGER_LOST[how]]),
});

describe('a ledger that somebody takes away while an agent works', { timeout: 120_000 }, () => {
  test.for<[string, Loss, (report: MeterReport) => boolean, object]>([
    ['ends its session', { loss: 'gone' }, ({ stop }) => stop?.took != null, byProcess('gone')],
    [
      'ends its session where it is set back',
      { loss: 'rewound' },
      ({ stop }) => stop?.took != null,
      byProcess('rewound'),
    ],
    [
      'is only told of in shadow mode',
      { loss: 'rewound', mode: 'shadow' },
      ({ stop }) => stop !== null,
      { stop: { cause: { kind: 'ledger', how: 'rewound' }, mode: 'shadow', hands: [], took: null } },
    ],
    [
      'is only told of where a lead lets agents work without one',
      { loss: 'gone', ledgerLoss: 'tell' },
      ({ problems }) => problems.includes(LEDGER_LOST.gone),
      { stop: null },
    ],
  ])('%s', async ([, wish, isThere, expected], { expect }) => {
    await using scene = await beginScene(wish);
    await lose(scene.gate, wish.loss, scene.before);
    expect(await scene.job.reported(isThere)).toMatchObject(expected);
    const isEnded = wish.mode !== 'shadow' && wish.ledgerLoss !== 'tell';
    if (isEnded) await scene.agent.ended;
    else expect(scene.agent.child.exitCode).toBeNull();
  });

  test.for<[string, Loss]>([
    ['is made smaller', { loss: 'compacted' }],
    ['does not answer', { loss: 'unreadable' }],
    ['may not be seen any more', { loss: 'out of sight' }],
  ])('holds up nobody where it only %s', async ([, wish], { expect }) => {
    await using scene = await beginScene(wish);
    const asked = scene.gate.github.log.length;
    await lose(scene.gate, wish.loss, scene.before);
    // More looks than it takes to be sure.
    while (scene.gate.github.log.slice(asked).filter(({ path }) => path.includes('/git/ref/')).length < 6)
      await pause(50);
    await pause(300);
    const report = scene.job.report();
    expect(report?.stop).toBeNull();
    expect(report?.problems).not.toContain(LEDGER_LOST.gone);
    expect(report?.problems).not.toContain(LEDGER_LOST.rewound);
    expect(scene.agent.child.exitCode).toBeNull();
  });
});

/** An agent at work, of which the ledger holds the lease. */
async function beginScene({ mode = 'enforce', ledgerLoss = 'end' }: Loss) {
  const gate = await plantGate(null);
  const before = (await gate.github.git.readRef(LEDGER)) ?? '';
  await gate.remember([leaseTaken(LEASE)]);
  const job = await meteredJob({
    github: { api: gate.github.url, token: gate.github.mintToken({ contents: 'read' }) },
    ...{ haltEvery: 400, ledgerLoss },
    handover: {
      ...{ repo: gate.github.fullName, ledger: `branch:${gate.github.fullName}@checkrein` },
      ...{ lease: LEASE.id, mode },
    },
  });
  const agent = job.agent({
    steps: [{ kind: 'ask', input: 10, output: 10, usd: 0 }, WAIT, WAIT, WAIT],
    rounds: 10_000,
  });
  await job.reported(({ use }) => (use.tokens ?? 0) > 0);
  await pause(800);
  expect(job.report()?.stop).toBeNull();
  return {
    ...{ gate, before, job, agent },
    [Symbol.asyncDispose]: async () => {
      await job[Symbol.asyncDispose]();
      await gate[Symbol.asyncDispose]();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
