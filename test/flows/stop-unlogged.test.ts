import { describe, test } from 'vitest';
import type { FakeIssue } from '../fakes/github/world.ts';
import { plantYard, type Yard } from '../kit/yard.ts';

const ALL = ['stop', '--all', '--reason', 'They comment in circles', '--json'] as const;
const RESUME = ['resume', '--reason', 'The trigger is mended', '--json'] as const;

const STOPPED = ['disabled_manually', 'disabled_manually', 'active'];
const ACTIVE = ['active', 'active', 'active'];
const UNLOGGED = 'Stop not complete: all agents (not in the ledger)';

/** From now on GitHub serves no branch; `back` ends that. */
function losesLedger(yard: Yard): { back(): void } {
  const fault = { kind: 'status', status: 500, body: { message: 'Server Error' } } as const;
  const armed = yard.github.faults.add({ path: /\/git\/refs?\//, times: Number.POSITIVE_INFINITY, fault });
  return { back: () => armed.disarm() };
}

/** Titles of the issues by their state; the pull requests, which are issues too, left out. */
function issues({ github }: Yard, state: 'open' | 'closed'): readonly string[] {
  return github.world.issues.filter((one) => one.state === state && !one.isPullRequest).map(({ title }) => title);
}

function theIssue({ github }: Yard, title: string): FakeIssue {
  const found = github.world.issues.find((one) => one.title === title);
  if (found === undefined) throw new Error(`there is no issue '${title}'`);
  return found;
}

function haltStatus({ github }: Yard): string | undefined {
  return github.world.statuses.findLast(({ context }) => context === 'checkrein/halt')?.state;
}

describe.concurrent('a stop whose ledger is away', { timeout: 120_000 }, () => {
  test('keeps in its issue what it found: a second stop takes it over, and a resume restores it', async ({
    expect,
  }) => {
    await using yard = await plantYard();
    await yard.github.addPull({ autoMerge: true });
    const ledger = losesLedger(yard);
    const first = await yard.cli(ALL);
    expect(first.exitCode, first.stderr).toBe(4);
    expect([yard.states(), yard.alive()]).toEqual([STOPPED, []]);
    const report = JSON.parse(first.stdout);
    expect(report).toMatchObject({
      whole: false,
      halt: { generation: null },
      issue: expect.stringContaining('/issues/'),
    });
    expect(report.residue).toMatchObject([{ what: 'ledger' }]);
    expect(report.residue[0].why).toContain('Active before: .github/workflows/fixer.yml, .github/workflows/triage.yml');
    expect([issues(yard, 'open'), haltStatus(yard)]).toEqual([[UNLOGGED], 'failure']);
    ledger.back();
    const second = await yard.cli(ALL);
    expect(second.exitCode, second.stdout).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({
      halt: { generation: 1 },
      workflows: [{ before: 'active' }, { before: 'active' }],
    });
    expect([issues(yard, 'open'), issues(yard, 'closed')]).toEqual([['Stopped: all agents (stop 1)'], [UNLOGGED]]);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect([yard.states(), haltStatus(yard)]).toEqual([ACTIVE, 'success']);
    expect(issues(yard, 'open')).toEqual([]);
  });

  test('is resumed without a second stop, and what a person had disabled before stays so', async ({ expect }) => {
    await using yard = await plantYard();
    yard.triage.state = 'disabled_manually';
    await yard.github.addPull({ autoMerge: true });
    const ledger = losesLedger(yard);
    expect((await yard.cli(ALL)).exitCode).toBe(4);
    ledger.back();
    const resumed = await yard.cli(RESUME);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(yard.states()).toEqual(['active', 'disabled_manually', 'active']);
    expect([issues(yard, 'open'), issues(yard, 'closed')]).toEqual([[], [UNLOGGED]]);
    expect(haltStatus(yard)).toBe('success');
    expect(await yard.halt()).toMatchObject({ generation: 1, halt: null, held: [] });
    // It is taken over once: a later stop does not bring it back.
    yard.fixer.state = 'disabled_manually';
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
  });

  test('is taken over by the next `watch`, which comes to its end', async ({ expect }) => {
    await using yard = await plantYard();
    const ledger = losesLedger(yard);
    expect((await yard.cli(ALL)).exitCode).toBe(4);
    ledger.back();
    const watched = await yard.cli(['watch', '--ledger', 'branch:octo/yard', '--json']);
    expect(watched.exitCode, watched.stderr).toBe(0);
    expect(JSON.parse(watched.stdout).status).toBe('stopped');
    expect(await yard.halt()).toMatchObject({
      halt: { generation: 1, reason: 'They comment in circles' },
      receipt: { residue: [], timeToStop: expect.any(Number) },
    });
    // Nobody has signed that it was about all agents, so it is about those that it holds.
    expect([issues(yard, 'open'), issues(yard, 'closed')]).toEqual([['Stopped: fixer, triage (stop 1)'], [UNLOGGED]]);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect(yard.states()).toEqual(ACTIVE);
  });

  test('after another such one knows still what was active before the first', async ({ expect }) => {
    await using yard = await plantYard();
    const ledger = losesLedger(yard);
    expect((await yard.cli(ALL)).exitCode).toBe(4);
    const second = await yard.cli(ALL);
    expect(JSON.parse(second.stdout).workflows).toMatchObject([{ before: 'active' }, { before: 'active' }]);
    expect(issues(yard, 'open')).toEqual([UNLOGGED, UNLOGGED]);
    ledger.back();
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect([yard.states(), issues(yard, 'open')]).toEqual([ACTIVE, []]);
  });

  test('of all is taken over by a stop of one agent, and one resume brings all back', async ({ expect }) => {
    await using yard = await plantYard();
    const ledger = losesLedger(yard);
    expect((await yard.cli(ALL)).exitCode).toBe(4);
    ledger.back();
    const one = await yard.cli(['stop', 'fixer', '--reason', 'It as well', '--json']);
    expect(one.exitCode, one.stdout).toBe(0);
    expect((await yard.halt()).held.map(({ path, before }) => [path, before])).toEqual([
      ['.github/workflows/fixer.yml', 'active'],
      ['.github/workflows/triage.yml', 'active'],
    ]);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect(yard.states()).toEqual(ACTIVE);
  });

  test('that comes back before its end is in the ledger, whole', async ({ expect }) => {
    await using yard = await plantYard();
    const ledger = losesLedger(yard);
    const happens = (): void => ledger.back();
    yard.github.faults.add({ method: 'POST', path: /\/cancel$/, fault: { kind: 'meanwhile', happens } });
    const { exitCode, stdout } = await yard.cli(ALL);
    expect(exitCode, stdout).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ whole: true, halt: { generation: 1 }, residue: [] });
    expect(report.runs).toHaveLength(3);
    expect((await yard.halt()).receipt).toMatchObject({ residue: [], timeToStop: report.timeToStopMs });
    expect(issues(yard, 'open')).toEqual(['Stopped: all agents (stop 1)']);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect(yard.states()).toEqual(ACTIVE);
  });

  test('does not write over the issue or the receipt of an old stop', async ({ expect }) => {
    await using yard = await plantYard();
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    const old = structuredClone(theIssue(yard, 'Resumed: all agents (stop 1)'));
    const { receipt } = await yard.halt();
    const ledger = losesLedger(yard);
    expect((await yard.cli(ALL)).exitCode).toBe(4);
    expect(theIssue(yard, old.title)).toEqual(old);
    expect(issues(yard, 'open')).toEqual([UNLOGGED]);
    ledger.back();
    expect((await yard.halt()).receipt).toEqual(receipt);
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    expect((await yard.halt()).generation).toBe(2);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect(yard.states()).toEqual(ACTIVE);
  });

  test('believes no issue that a stranger has opened', async ({ expect }) => {
    await using yard = await plantYard();
    const ledger = losesLedger(yard);
    expect((await yard.cli(ALL)).exitCode).toBe(4);
    ledger.back();
    const body = theIssue(yard, UNLOGGED).body ?? '';
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    // A person switches it off; somebody says that it was active before a stop.
    yard.triage.state = 'disabled_manually';
    const author = yard.github.addUser({ login: 'mallory' });
    const key = (text: string): string => text.replace(/key=halt-x[0-9a-f]{4}/, 'key=halt-x0000');
    yard.github.addIssue({ author, title: UNLOGGED, body: key(body), labels: ['checkrein'] });
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    expect((await yard.cli(RESUME)).exitCode).toBe(0);
    expect(yard.states()).toEqual(['active', 'disabled_manually', 'active']);
  });

  test('says so where no issue can be opened either', async ({ expect }) => {
    await using yard = await plantYard();
    losesLedger(yard);
    const { exitCode, stdout } = await yard.cli(ALL, { actions: 'write', contents: 'write', statuses: 'write' });
    expect(exitCode, stdout).toBe(4);
    expect([yard.states(), yard.alive()]).toEqual([STOPPED, []]);
    const { issue, notes, residue } = JSON.parse(stdout);
    expect(issue).toBeNull();
    expect(notes.join()).toContain('The issue of the stop could not be written');
    const left = residue.find(({ what }: { what: string }) => what === 'ledger');
    expect(left.why).toContain('Active before: .github/workflows/fixer.yml, .github/workflows/triage.yml');
  });
});
