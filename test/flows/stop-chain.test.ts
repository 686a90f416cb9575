import { describe, test } from 'vitest';
import type { FakePull } from '../fakes/github/pulls.ts';
import { agentText, plantYard, type Yard } from '../kit/yard.ts';

function haltStatus({ github }: Yard, { headSha }: FakePull): string | undefined {
  return github.world.statuses.findLast(({ sha, context }) => sha === headSha && context === 'checkrein/halt')?.state;
}

async function stops(yard: Yard, name: string): Promise<void> {
  const { exitCode, stdout } = await yard.cli(['stop', name, '--reason', 'It runs away', '--json']);
  if (exitCode !== 0) throw new Error(stdout);
}

describe.concurrent('a stop that takes over what another one holds', { timeout: 120_000 }, () => {
  test('holds back the pull requests of those agents too, and one resume lets all of them go', async ({ expect }) => {
    await using yard = await plantYard();
    // Of an engine whose agents have no account of their own.
    const coder = await yard.github.addWorkflowFile(
      '.github/workflows/coder.yml',
      agentText('Coder', 'openai/codex-action@v1'),
    );
    const before = await yard.github.addPull({ autoMerge: true });
    await stops(yard, 'fixer');
    const between = await yard.github.addPull({ autoMerge: true });
    await stops(yard, 'coder');
    expect([yard.fixer.state, coder.state]).toEqual(['disabled_manually', 'disabled_manually']);
    expect([haltStatus(yard, before), haltStatus(yard, between)]).toEqual(['failure', 'failure']);
    expect([before.autoMerge, between.autoMerge]).toEqual([null, null]);
    const { generation, receipt, pulls } = await yard.halt();
    const numbers = [before.issue.number, between.issue.number];
    expect([generation, receipt?.pulls.map(({ number }) => number)]).toEqual([2, numbers]);
    expect(pulls.map(({ number }) => number)).toEqual(numbers);
    expect((await yard.cli(['resume', 'coder'])).exitCode).toBe(0);
    expect([haltStatus(yard, before), haltStatus(yard, between)]).toEqual(['failure', 'failure']);
    expect((await yard.cli(['resume'])).exitCode).toBe(0);
    expect([haltStatus(yard, before), haltStatus(yard, between)]).toEqual(['success', 'success']);
  });

  test('lets go of a pull request too that was closed in between', async ({ expect }) => {
    await using yard = await plantYard();
    const pull = await yard.github.addPull();
    await stops(yard, 'fixer');
    pull.issue.state = 'closed';
    await stops(yard, 'triage');
    expect((await yard.cli(['resume'])).exitCode).toBe(0);
    expect(haltStatus(yard, pull)).toBe('success');
  });
});
