import { describe, test } from 'vitest';
import { after as later, MINUTE } from '../../src/core/time.ts';
import { type Gate, type GuardWish, plantGate } from '../kit/gate.ts';
import { NOON } from '../kit/halts.ts';
import { eventsOf } from './guarded.ts';
import { plain } from './words.ts';

const CLAUDE = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };

/** Both agents may have sessions of known size; two runs of a chain a day. */
function config(more = ''): string {
  return `version: 1
mode: enforce
agents:
  - { name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 2 } }
  - { name: triage, workflow: .github/workflows/triage.yml, limits: { usd: 2 } }
${more}`;
}

/** A job of the fixer that a comment of a bot has set off, so many minutes after noon. */
function afterComment(
  minutes: number,
  run: number,
  wish: { readonly body?: string; readonly sender?: object } = {},
): GuardWish {
  const { body = 'Done.', sender = CLAUDE } = wish;
  const said = later(NOON, minutes * MINUTE);
  return {
    ...{ run, now: later(said, MINUTE / 2) },
    event: {
      name: 'issue_comment',
      payload: {
        ...{ action: 'created', sender, issue: { number: 5 } },
        comment: { id: 900 + run, created_at: said, updated_at: said, body, performed_via_github_app: null },
      },
    },
  };
}

async function leases(gate: Gate) {
  const events = eventsOf({ events: await gate.events() }, 'lease.taken');
  return events.map(({ data }) => [data.lease.run, data.lease.parent, data.lease.parentLikely ?? false]);
}

describe.concurrent('a guard whose run a bot has set off', { timeout: 180_000 }, () => {
  test('knows the only run that was at work as its parent, and holds the chain to its budget', async ({ expect }) => {
    await using gate = await plantGate(config('budgets: [{ name: talk, scope: chain, period: day, runs: 2 }]'));
    await gate.guard({ agent: 'triage', workflow: 'triage', run: 100 });
    const second = await gate.guard(afterComment(5, 101));
    expect(second.outputs['decision'], second.stdout).toBe('warn');
    expect(plain(second.summary)).toContain(
      'It is the 2nd run of a chain. claude[bot] set it off, likely out of run 100',
    );
    expect(await leases(gate)).toEqual([
      [100, null, false],
      [101, 100, true],
    ]);
    // The third of a chain of two, of which nothing but the leases tells.
    const third = await gate.guard({
      ...afterComment(10, 102, { body: 'See https://github.com/octo/repo/actions/runs/101' }),
      ...{ agent: 'triage', workflow: 'triage' },
    });
    expect([third.exitCode, third.outputs['decision']], third.stdout).toEqual([3, 'deny']);
    expect(third.outputs['reason']).toContain('The budget talk holds 2 runs of 2 runs');
  });

  test('is denied where its chain is too long already', async ({ expect }) => {
    await using gate = await plantGate(config('guard: { max_depth: 1 }'));
    await gate.guard({ agent: 'triage', workflow: 'triage', run: 100 });
    const step = await gate.guard(afterComment(5, 101));
    expect([step.exitCode, step.outputs['decision']], step.stdout).toEqual([3, 'deny']);
    expect(step.outputs['reason']).toContain(
      'This run is the 2nd of a chain in which each run started the next one; 1 are allowed',
    );
  });

  test('cannot be placed where several runs were at work, and says so', async ({ expect }) => {
    await using gate = await plantGate(config('budgets: [{ name: talk, scope: chain, period: day, runs: 5 }]'));
    await gate.guard({ agent: 'triage', workflow: 'triage', run: 100 });
    await gate.guard({ agent: 'triage', workflow: 'triage', run: 200 });
    const step = await gate.guard(afterComment(5, 101));
    expect([step.exitCode, step.outputs['decision']], step.stdout).toEqual([3, 'deny']);
    expect(step.outputs['reason']).toContain('nobody knows which chain it belongs to');
    expect(plain(step.summary)).toContain('set it off out of one of 2 runs');
  });

  test('starts where several runs were at work and no chain is too long, whichever it was', async ({ expect }) => {
    await using gate = await plantGate(config());
    await gate.guard({ agent: 'triage', workflow: 'triage', run: 100 });
    await gate.guard({ agent: 'triage', workflow: 'triage', run: 200 });
    expect((await gate.guard(afterComment(5, 101))).outputs['decision']).toBe('allow');
  });

  test('has no parent where a person has written, whatever is at work and whatever they link to', async ({
    expect,
  }) => {
    await using gate = await plantGate(config('guard: { max_depth: 1 }'));
    await gate.guard({ agent: 'triage', workflow: 'triage', run: 100 });
    const sender = { id: 7, login: 'ada', type: 'User' };
    const body = 'https://github.com/octo/repo/actions/runs/100';
    const step = await gate.guard(afterComment(5, 101, { sender, body }));
    expect(step.outputs['decision'], step.stdout).toBe('allow');
    expect((await leases(gate)).at(-1)).toEqual([101, null, false]);
  });
});
