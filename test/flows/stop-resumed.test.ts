import { describe, test } from 'vitest';
import type { Finished } from '../drivers/process.ts';
import { agentText, plantYard, type Yard } from '../kit/yard.ts';

const ALL = ['stop', '--all', '--reason', 'They comment in circles', '--json'] as const;

const RESUME = ['resume', '--reason', 'A false alarm', '--json'] as const;
const CANARY = ['resume', '--canary', 'triage', '--reason', 'One first', '--json'] as const;

/** When somebody resumes: just before GitHub serves that call of the stop. */
type Moment = readonly [name: string, method: string, path: RegExp, nth: number];

const MOMENTS: readonly Moment[] = [
  ['before the first workflow is switched off', 'PUT', /\/disable$/, 1],
  ['between two workflows that are switched off', 'PUT', /\/disable$/, 2],
  ['while runs are cancelled', 'POST', /\/cancel$/, 2],
  ['while it waits for runs to end', 'GET', /\/runs$/, 5],
  ['while pull requests are held back', 'POST', /\/statuses\//, 1],
  ['while it writes what it has done so far', 'POST', /\/git\/commits$/, 2],
  ['while it writes the receipt', 'POST', /\/git\/commits$/, 3],
];

async function during(yard: Yard, words: readonly string[], [, method, path, nth]: Moment): Promise<Finished> {
  const ended: { resumed: Finished | null } = { resumed: null };
  const happens = async (): Promise<void> => {
    ended.resumed = await yard.cli(words);
  };
  yard.github.faults.add({ method, path, nth, fault: { kind: 'meanwhile', happens } });
  const stopped = await yard.cli(ALL);
  if (ended.resumed?.exitCode !== 0) throw new Error(`nothing was resumed: ${JSON.stringify(ended)}`);
  return stopped;
}

function haltStatus({ github }: Yard): string | undefined {
  return github.world.statuses.findLast(({ context }) => context === 'checkrein/halt')?.state;
}

describe.concurrent('a lead resumes while the stop still goes on', { timeout: 120_000 }, () => {
  test.for(MOMENTS)('%s: all stays on, nothing is held by nobody, and all say so', async (moment, { expect }) => {
    await using yard = await plantYard();
    await yard.github.addPull({ autoMerge: true });
    const { exitCode, stdout, stderr } = await during(yard, RESUME, moment);
    expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 4, stderr: '' });
    expect(yard.states()).toEqual(['active', 'active', 'active']);
    expect(await yard.halt()).toMatchObject({ generation: 1, halt: null, held: [], pulls: [] });
    expect(haltStatus(yard)).not.toBe('failure');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ whole: false, timeToStopMs: null });
    expect(report.residue.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['.github/workflows/fixer.yml', '.github/workflows/triage.yml']),
    );
    expect(stdout).toContain('Somebody has resumed it while the stop went on, so it is left alone');
    expect(report.workflows.map(({ after }: { after: string }) => after)).toEqual(['active', 'active']);
    // No issue says that anybody is stopped.
    expect(yard.github.world.issues.filter((issue) => issue.state === 'open' && !issue.isPullRequest)).toEqual([]);
    const again = await yard.cli(RESUME);
    expect([again.exitCode, again.stderr]).toEqual([3, expect.stringContaining('No stop is in force')]);
  });

  test.for(MOMENTS)(
    '%s: the canary stays on, the others are stopped and can be resumed',
    async (moment, { expect }) => {
      await using yard = await plantYard();
      await yard.github.addPull({ autoMerge: true });
      const { exitCode, stdout } = await during(yard, CANARY, moment);
      expect(exitCode, stdout).toBe(4);
      expect(yard.states()).toEqual(['disabled_manually', 'active', 'active']);
      expect(yard.alive().filter(({ workflow }) => workflow === yard.fixer)).toEqual([]);
      const { residue } = JSON.parse(stdout);
      expect(residue).toMatchObject([{ what: 'workflow', id: '.github/workflows/triage.yml' }]);
      const halt = await yard.halt();
      expect(halt.held.map(({ path }) => path)).toEqual(['.github/workflows/fixer.yml']);
      expect(halt.receipt).toMatchObject({ residue: [], timeToStop: expect.any(Number) });
      const told = yard.github.world.issues.filter(({ isPullRequest }) => !isPullRequest);
      expect(told).toMatchObject([{ state: 'open', title: 'Resumed in part: all agents (stop 1)' }]);
      expect(haltStatus(yard)).toBe('failure');
      expect((await yard.cli(RESUME)).exitCode).toBe(0);
      expect(haltStatus(yard)).toBe('success');
      expect(yard.states()).toEqual(['active', 'active', 'active']);
    },
  );

  test('and the ledger cannot be read from then on: nothing is let go without knowing', async ({ expect }) => {
    await using yard = await plantYard();
    const fault = { kind: 'status', status: 500, body: { message: 'Server Error' } } as const;
    const happens = (): void =>
      void yard.github.faults.add({ path: /\/git\//, times: Number.POSITIVE_INFINITY, fault });
    yard.github.faults.add({ method: 'PUT', path: /\/disable$/, fault: { kind: 'meanwhile', happens } });
    const { exitCode, stdout } = await yard.cli(ALL);
    expect(exitCode, stdout).toBe(4);
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
    expect(yard.alive()).toEqual([]);
    expect(JSON.parse(stdout).residue).toMatchObject([{ what: 'ledger' }]);
    yard.github.faults.clear();
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect(yard.states()).toEqual(['active', 'active', 'active']);
  });
});

describe('a lead resumes while `watch` stops an agent that has appeared since', { timeout: 120_000 }, () => {
  const watch = ['watch', '--ledger', 'branch:octo/yard'] as const;

  test.for([
    ['after it has declared the stop', 'PUT', /\/disable$/, 1],
    ['while it cancels', 'POST', /\/cancel$/, 1],
  ] as const)('%s: all stays on', async ([, method, path, nth], { expect }) => {
    await using yard = await plantYard();
    expect((await yard.cli(watch)).exitCode).toBe(0);
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    const scribe = await yard.github.addWorkflowFile('.github/workflows/scribe.yml', agentText('Scribe'));
    yard.github.startRun(scribe, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
    expect((await yard.cli(watch)).exitCode).toBe(0);
    const happens = async (): Promise<void> => void (await yard.cli(RESUME));
    const armed = yard.github.faults.add({ method, path, nth, fault: { kind: 'meanwhile', happens } });
    const { exitCode, stdout, stderr } = await yard.cli([...watch, '--json']);
    expect([armed.hits, exitCode], stdout).toEqual([1, 0]);
    expect(stderr).toContain('Somebody has resumed stop 1 while this job went on with it, so it is left alone');
    expect([...yard.states(), scribe.state]).toEqual(['active', 'active', 'active', 'active']);
    expect(await yard.halt()).toMatchObject({ generation: 2, halt: null, held: [] });
  });
});
