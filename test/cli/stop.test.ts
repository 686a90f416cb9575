import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { LedgerEvent } from '../../src/core/event.ts';
import { NO_EVIDENCE } from '../../src/core/finding.ts';
import type { Residue } from '../../src/core/halt.ts';
import { between, MINUTE, SECOND } from '../../src/core/time.ts';
import { ROOT } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';
import { annotations, plain } from '../flows/words.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { CI_TEXT, NOON, plantYard, type Yard } from '../kit/yard.ts';

/** Whatever changed anything: all but reading, and asking GraphQL. */
function writes({ github }: Yard): readonly string[] {
  return github.log
    .filter(({ method, path }) => method !== 'GET' && path !== '/graphql')
    .map(({ method, path }) => `${method} ${path}`);
}

function kinds(events: readonly LedgerEvent[]): readonly string[] {
  return events.map(({ kind }) => kind).filter((kind) => kind.startsWith('halt.'));
}

function kindsOf(events: readonly LedgerEvent[], wanted: string): readonly LedgerEvent[] {
  return events.filter(({ kind }) => kind === wanted);
}

const ALL = ['stop', '--all', '--reason', 'They comment in circles'] as const;

describe.concurrent('checkrein stop', { timeout: 120_000 }, () => {
  test('of all ends every run of agents, proves it as JSON, and tells it in one issue', async ({ expect }) => {
    await using yard = await plantYard();
    const { exitCode, stdout, stderr } = await yard.cli([...ALL, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(yard.alive()).toEqual([]);
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
    expect(yard.ciRun.attempts[0].status).toBe('in_progress');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      repo: 'octo/yard',
      whole: true,
      halt: {
        generation: 1,
        scope: { kind: 'all' },
        by: { kind: 'operator', login: null },
        reason: 'They comment in circles',
        at: expect.stringMatching(/^2026-11-20T12:/),
      },
      workflows: [
        { path: '.github/workflows/fixer.yml', before: 'active', after: 'disabled_manually' },
        { path: '.github/workflows/triage.yml', before: 'active', after: 'disabled_manually' },
      ],
      residue: [],
      issue: expect.stringContaining('/issues/'),
    });
    expect(report.runs).toHaveLength(3);
    for (const run of report.runs) {
      expect(run).toMatchObject({ after: 'completed', conclusion: 'cancelled', at: expect.any(String) });
      expect(run.requests[0]).toMatchObject({ act: 'cancel', answer: 'accepted' });
    }
    // Less than the deadline of a stop: how much less depends on the machine, on a clock that runs so fast.
    expect(report.timeToStopMs).toBeGreaterThan(0);
    expect(report.timeToStopMs).toBeLessThan(15 * MINUTE);
    expect(kinds(await yard.events())).toContain('halt.receipt');
    const [issue, ...others] = yard.github.world.issues;
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ state: 'open', title: 'Stopped: all agents (stop 1)' });
    expect(issue?.body).toMatch(/^<!-- checkrein:v1 kind=halt key=halt-1 gen=1 h=[0-9a-f]{16} -->/);
    expect(plain(issue?.body ?? '')).toContain('They comment in circles');
  });

  test('of one agent leaves the others alone, and shows a receipt that people can read', async ({ expect }) => {
    await using yard = await plantYard();
    const { exitCode, stdout } = await yard.cli(['stop', 'triage', '--reason', 'Wrong branch']);
    expect(exitCode, stdout).toBe(0);
    expect(yard.states()).toEqual(['active', 'disabled_manually', 'active']);
    expect(yard.alive().map(({ workflow }) => workflow)).toEqual([yard.fixer, yard.fixer]);
    expect(stdout).toMatch(/stop 1 · triage · by the holder of the token · 2026-11-20 12:\d\d UTC/);
    expect(stdout).toContain('Wrong branch');
    expect(stdout).toMatch(/■ Stopped in \d+ (s|min)/);
    expect(stdout).toMatch(/triage\.yml +active +disable 12:\d\d:\d\d +disabled_manually/);
    expect(stdout).toMatch(/triage\.yml +\d+ +in_progress +cancel 12:\d\d:\d\d +cancelled +12:\d\d:\d\d/);
  });

  test('with --dry-run says what it would do and changes nothing', async ({ expect }) => {
    await using yard = await plantYard();
    const shown = await yard.cli([...ALL, '--dry-run']);
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect(shown.stdout).toContain('A stop of all agents would do this. Nothing was changed.');
    expect(shown.stdout).toMatch(/fixer\.yml +active +disabled/);
    const told = JSON.parse((await yard.cli([...ALL, '--dry-run', '--json'])).stdout);
    expect(told).toMatchObject({
      dryRun: true,
      complete: true,
      workflows: [{ path: '.github/workflows/fixer.yml', before: 'active' }, { before: 'active' }],
    });
    expect(told.runs.map(({ before }: { before: string }) => before).sort()).toEqual([
      'in_progress',
      'in_progress',
      'pending',
    ]);
    expect(writes(yard)).toEqual([]);
    expect(yard.alive()).toHaveLength(3);
    expect(yard.states()).toEqual(['active', 'active', 'active']);
    expect(await yard.events()).toEqual([]);
  });

  test('that may not end anything exits with 4 and says which permission is missing', async ({ expect }) => {
    // Slowly, so that a busy machine does not need a quarter of an hour by this clock for what it does at once.
    await using yard = await plantYard(8);
    const permissions = { actions: 'read', contents: 'write', issues: 'write' } as const;
    const { exitCode, stdout } = await yard.cli([...ALL, '--json'], permissions);
    expect(exitCode, stdout).toBe(4);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ whole: false, timeToStopMs: null });
    expect(JSON.stringify(report.residue)).toContain('`actions: write`');
    // What GitHub refuses for good is not waited for until the deadline of a quarter of an hour.
    const proven = (await yard.events()).findLast(({ kind }) => kind === 'halt.receipt');
    expect(between(report.halt.at, proven?.at ?? '')).toBeLessThan(14 * MINUTE);
    expect(yard.github.world.issues).toMatchObject([{ title: 'Stop not complete: all agents (stop 1)' }]);
    // Somebody with more rights goes on with the very same stop, and its issue says so.
    const next = await yard.cli([...ALL, '--json']);
    expect(next.exitCode, next.stdout).toBe(0);
    expect(JSON.parse(next.stdout).halt.generation).toBe(1);
    expect(yard.github.world.issues).toMatchObject([{ title: 'Stopped: all agents (stop 1)', state: 'open' }]);
  });

  test('goes on where neither ledger nor configuration can be used, says so, and exits with 4', async ({ expect }) => {
    await using yard = await plantYard();
    await yard.github.commitFile('main', '.github/checkrein.yml', 'mode: loud\nstop: { grace: 1m }\n');
    const fault = { kind: 'status', status: 500, body: { message: 'Server Error' } } as const;
    yard.github.faults.add({ path: /\/git\/ref(s)?\//, times: Number.POSITIVE_INFINITY, fault });
    const { exitCode, stdout, stderr } = await yard.cli([...ALL, '--json']);
    expect(exitCode, stdout + stderr).toBe(4);
    expect(yard.alive()).toEqual([]);
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
    const { residue, notes } = JSON.parse(stdout);
    expect(residue).toMatchObject([{ what: 'ledger' }]);
    expect(notes.join('\n')).toMatch(/configuration .* could not be used, so the stop worked with the defaults/);
    expect(notes.join('\n')).toContain('could not be read, so the agents were looked up on GitHub alone');
  });

  test.for([
    [
      ['stop', 'fixr', '--reason', 'x'],
      "There is no agent 'fixr'. Did you mean 'fixer'? The agents are: fixer, triage.",
    ],
    [
      ['stop', 'fixer', 'nobody-at-all', '--reason', 'x'],
      "There is no agent 'nobody-at-all'. The agents are: fixer, triage.",
    ],
  ] as const)('%j is refused before anything is changed', async ([words, message], { expect }) => {
    await using yard = await plantYard();
    const { exitCode, stdout, stderr } = await yard.cli(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(writes(yard)).toEqual([]);
  });

  test('ends the runs of an agent whose file is gone, as long as the ledger knows it', async ({ expect }) => {
    await using yard = await plantYard();
    expect((await yard.cli(['watch', '--ledger', 'branch:octo/yard'])).exitCode).toBe(0);
    await yard.github.commitFile('main', '.github/workflows/fixer.yml', CI_TEXT);
    const { exitCode, stdout } = await yard.cli([...ALL, '--json']);
    expect({ exitCode, alive: yard.alive() }, stdout).toEqual({ exitCode: 0, alive: [] });
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
  });

  test('ends the runs of one that the last watch has seen go, and does not miss a workflow that is no more', async ({
    expect,
  }) => {
    await using yard = await plantYard();
    const watch = ['watch', '--ledger', 'branch:octo/yard'];
    expect((await yard.cli(watch)).exitCode).toBe(0);
    await yard.github.commitFile('main', '.github/workflows/fixer.yml', CI_TEXT);
    await yard.github.commitFile('main', '.github/workflows/triage.yml', CI_TEXT);
    expect((await yard.cli(watch)).exitCode).toBe(0);
    expect(kindsOf(await yard.events(), 'agent.gone')).toHaveLength(2);
    // Its file is nowhere, and it has no run that GitHub would list it for.
    const { world } = yard.github;
    world.workflows.splice(world.workflows.indexOf(yard.triage), 1);
    world.runs.splice(0, world.runs.length, ...world.runs.filter(({ workflow }) => workflow !== yard.triage));
    const { exitCode, stdout } = await yard.cli([...ALL, '--json']);
    expect({ exitCode, alive: yard.alive() }, stdout).toEqual({ exitCode: 0, alive: [] });
    expect(yard.fixer.state).toBe('disabled_manually');
    const back = await yard.cli(['resume', 'fixer']);
    expect(back.exitCode, back.stderr).toBe(0);
    expect(yard.fixer.state).toBe('active');
  });

  test.for([
    ['FIXER', 'fixer'],
    ['Triage.yml', 'triage'],
    ['.github/workflows/triage.yml', 'triage'],
  ] as const)('of %s means the agent %s, also where nobody has watched before', async ([said, meant], { expect }) => {
    await using yard = await plantYard();
    const { exitCode, stdout } = await yard.cli(['stop', said, '--reason', 'x', '--json', '--dry-run']);
    expect(exitCode, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      scope: { kind: 'agents', names: [meant] },
      workflows: [{ path: `.github/workflows/${meant}.yml` }],
    });
  });

  test('finds the workflows in a later round when GitHub does not list them for a while', async ({ expect }) => {
    await using yard = await plantYard();
    // Three tries for finding the agents, three before the stop is declared, and then some; each call is made twice.
    const fault = { kind: 'status', status: 502 } as const;
    const armed = yard.github.faults.add({ path: /\/actions\/workflows$/, times: 12, fault });
    const { exitCode, stdout } = await yard.cli([...ALL, '--json']);
    expect([armed.hits, yard.alive()], stdout).toEqual([12, []]);
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
    const { residue, workflows } = JSON.parse(stdout);
    expect([exitCode, residue]).toEqual([0, []]);
    expect(workflows).toMatchObject([{ before: 'active' }, { before: 'active' }]);
    const resumed = await yard.cli(['resume']);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(yard.states()).toEqual(['active', 'active', 'active']);
  });

  test('that one call of which never has an answer ends the others, and keeps to its deadline', {
    timeout: 240_000,
  }, async ({ expect }) => {
    const slow = 5;
    await using yard = await plantYard(slow);
    await yard.github.commitFile('main', '.github/checkrein.yml', 'stop: { grace: 1m, reserve: 0, deadline: 4m }\n');
    const path = new RegExp(`/workflows/${yard.fixer.id}/disable$`);
    yard.github.faults.add({ path, times: Number.POSITIVE_INFINITY, fault: { kind: 'hang' } });
    const { exitCode, stdout } = await yard.cli([...ALL, '--json']);
    expect(exitCode, stdout).toBe(4);
    expect(yard.states()).toEqual(['active', 'disabled_manually', 'active']);
    expect(yard.alive().filter(({ workflow }) => workflow === yard.triage)).toEqual([]);
    const { halt, residue } = JSON.parse(stdout);
    expect(residue.map(({ what, id }: Residue) => [what, id])).toContainEqual(['workflow', yard.fixer.path]);
    // The deadline, one more call of twice fifteen real seconds, and what the machine takes to write it down.
    const proven = (await yard.events()).findLast(({ kind }) => kind === 'halt.receipt');
    expect(between(halt.at, proven?.at ?? '')).toBeLessThan(4 * MINUTE + 31 * SECOND * slow + 2 * MINUTE);
  });

  test.for(['brnch:octo/ledger', 'psql://checkrein:secret@db.internal/ledger'])(
    'with the ledger %s in the configuration stops all the same, on the usual branch',
    async (address, { expect }) => {
      await using yard = await plantYard();
      await yard.github.commitFile(
        'main',
        '.github/checkrein.yml',
        `ledger: '${address}'\nstop: { grace: 1m, reserve: 0 }\n`,
      );
      const { exitCode, stdout, stderr } = await yard.cli([...ALL, '--json']);
      expect({ exitCode, alive: yard.alive() }, stdout + stderr).toEqual({ exitCode: 0, alive: [] });
      expect(kinds(await yard.events())).toContain('halt.receipt');
      const { notes } = JSON.parse(stdout);
      expect(notes.join()).toContain('so the stop is in branch:octo/yard@checkrein');
      expect(stdout + stderr).not.toContain('secret');
      const command = 'resume --repo octo/yard --ledger branch:octo/yard@checkrein';
      expect(notes.join()).toContain(command);
      const resumed = await yard.cli(['resume', '--ledger', 'branch:octo/yard@checkrein']);
      expect(resumed.exitCode, resumed.stderr).toBe(0);
      expect(yard.states()).toEqual(['active', 'active', 'active']);
    },
  );

  test('a ledger that was named on the command line must be right', async ({ expect }) => {
    await using yard = await plantYard();
    const { exitCode, stderr } = await yard.cli([...ALL, '--ledger', 'brnch:octo/ledger']);
    expect(exitCode, stderr).toBe(2);
    expect(writes(yard)).toEqual([]);
  });

  test('an agent whose workflow GitHub does not have is not called stopped', async ({ expect }) => {
    await using yard = await plantYard();
    const config = 'version: 1\nagents: [{ name: mender, workflow: .github/workflows/fixer.yaml }]\n';
    await yard.github.commitFile('main', '.github/checkrein.yml', config);
    const { exitCode, stdout } = await yard.cli(['stop', 'mender', '--reason', 'x', '--json']);
    expect(exitCode).toBe(4);
    const { whole, notes } = JSON.parse(stdout);
    expect(whole).toBe(false);
    expect(notes.join()).toContain(
      'GitHub has no workflow .github/workflows/fixer.yaml, so nothing of mender was stopped',
    );
  });

  test('a secret in a reason goes nowhere', async ({ expect }) => {
    await using yard = await plantYard();
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const { stdout, stderr } = await yard.cli(['stop', 'triage', '--reason', `they leaked ${secret} in a comment`]);
    const events = await yard.events();
    const told = [stdout, stderr, JSON.stringify(events), JSON.stringify(yard.github.world.issues)].join();
    expect(told).toContain('they leaked');
    expect(told).not.toContain(secret);
  });

  test('a name that a terminal would obey comes back as plain text', async ({ expect }) => {
    await using yard = await plantYard();
    const { stderr } = await yard.cli(['stop', '\u001b[31mfixer\u202e', '--reason', 'x']);
    expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('bad usage of stop and resume', () => {
  test.each([
    [['stop', '--all', '--reason', 'x'], "'stop' needs --repo OWNER/NAME."],
    [['stop', '--repo', 'o/r', '--reason', 'x'], "'stop' needs the names of agents, or --all."],
    [['stop', 'a', '--all', '--repo', 'o/r', '--reason', 'x'], 'Name the agents to stop, or give --all, not both.'],
    [['stop', '--all', '--repo', 'o/r'], "'stop' needs --reason TEXT: it stands in the receipt."],
    [['stop', '--all', '--repo', 'o/r', '--reason', '\u200b '], "'stop' needs --reason TEXT"],
    [['stop', '--al', '--repo', 'o/r'], "'stop' has no option '--al'. Did you mean '--all'?"],
    [['resume'], "'resume' needs --repo OWNER/NAME."],
    [['resume', '--repo', 'o/r', '--anyway'], '--anyway needs a reason: --reason TEXT.'],
  ])('%j', async (words, message) => {
    const { exitCode, stdout, stderr } = await runCli(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe.concurrent('checkrein resume', { timeout: 120_000 }, () => {
  test('restores what was before, closes the issue, and has nothing to do a second time', async ({ expect }) => {
    await using yard = await plantYard();
    yard.triage.state = 'disabled_manually';
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    const resumed = await yard.cli(['resume', '--reason', 'The trigger is mended', '--json']);
    expect(resumed.exitCode, resumed.stdout + resumed.stderr).toBe(0);
    // A person had switched the triage off before: that stays.
    expect(yard.states()).toEqual(['active', 'disabled_manually', 'active']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      isOver: true,
      residue: [],
      later: [],
      resumption: { generation: 1, stage: 'complete', workflows: ['.github/workflows/fixer.yml'] },
    });
    const [issue] = yard.github.world.issues;
    expect(issue).toMatchObject({ state: 'closed', title: 'Resumed: all agents (stop 1)' });
    expect(plain(issue?.body ?? '')).toContain('The trigger is mended');
    const again = await yard.cli(['resume']);
    expect(again).toMatchObject({ exitCode: 3, stdout: '' });
    expect(again.stderr).toContain('Not resumed: No stop is in force. There is nothing to resume.');
  });

  test('lets the canary that was named go first, and the rest wait', async ({ expect }) => {
    await using yard = await plantYard();
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    const unknown = await yard.cli(['resume', '--canary', 'triag']);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain(
      "The stop holds no agent 'triag'. Did you mean 'triage'? It holds: fixer, triage.",
    );
    const first = await yard.cli(['resume', '--canary', 'triage']);
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toContain('Resumed one agent first; 1 more follow when its sessions have been good.');
    expect(yard.states()).toEqual(['disabled_manually', 'active', 'active']);
    expect(yard.github.world.issues).toMatchObject([{ state: 'open', title: 'Resumed in part: all agents (stop 1)' }]);
    expect((await yard.cli(['resume'])).exitCode).toBe(0);
    expect(yard.states()).toEqual(['active', 'active', 'active']);
    expect(yard.github.world.issues).toMatchObject([{ state: 'closed' }]);
  });
});

/** A rule has stopped the fixer for an alert that is still active. */
function heldBy({ fixer }: Yard): readonly LedgerEvent[] {
  const base = { v: 1, at: NOON, seen: NOON, repo: 'octo/yard' } as const;
  const subject = { kind: 'agent', name: 'fixer' } as const;
  return [
    {
      ...base,
      id: 'alert:f1:1:activated',
      kind: 'alert.changed',
      subject,
      data: {
        change: {
          kind: 'activated',
          fingerprint: 'f1',
          name: 'runaway',
          subject,
          labels: {},
          episode: 1,
          since: NOON,
          facts: {
            severity: 'critical',
            value: 30,
            limit: 5,
            unit: 'runs',
            reason: 'It starts again and again',
            evidence: NO_EVIDENCE,
            explainedBy: null,
          },
        },
      },
    },
    {
      ...base,
      id: 'halt:1:1',
      kind: 'halt.declared',
      subject: { kind: 'repository', name: 'octo/yard' },
      data: {
        halt: {
          generation: 1,
          scope: { kind: 'agents', names: ['fixer'] },
          by: { kind: 'rule', rule: 'runaway', fingerprint: 'f1' },
          reason: 'It starts again and again',
          at: NOON,
        },
        workflows: [{ path: fixer.path, id: fixer.id, before: 'active' }],
      },
    },
  ];
}

describe.concurrent('a resume while the cause holds', { timeout: 120_000 }, () => {
  test('is refused with 3, and done anyway for a reason, which the ledger keeps', async ({ expect }) => {
    await using yard = await plantYard();
    await yard.remember(heldBy(yard));
    yard.fixer.state = 'disabled_manually';
    const refused = await yard.cli(['resume', '--reason', 'I am in a hurry']);
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain('Not resumed: What the rule stopped the agents for still holds');
    expect(yard.fixer.state).toBe('disabled_manually');
    const anyway = await yard.cli(['resume', '--anyway', '--reason', 'The alert is wrong']);
    expect(anyway.exitCode, anyway.stderr).toBe(0);
    expect(yard.fixer.state).toBe('active');
    const last = (await yard.events()).at(-1);
    expect(last).toMatchObject({ kind: 'halt.resumed', data: { resumption: { reason: 'The alert is wrong' } } });
  });
});

describe.concurrent('the action', { timeout: 120_000 }, () => {
  test('stops with the reason that was typed in, proves it, and a lead resumes', async ({ expect }) => {
    await using yard = await plantYard();
    const reason = 'Look here: @everyone <img src=x> [click](http://evil.test)';
    const event = { name: 'workflow_dispatch', payload: { inputs: { reason } } };
    const stopped = await yard.action({ inputs: { command: 'stop', agent: 'all' }, event });
    expect(stopped.exitCode, stopped.stdout).toBe(0);
    expect(stopped.outputs).toMatchObject({ status: 'stopped', decision: 'deny', report: expect.any(String) });
    const { outputs } = parse(await readFile(join(ROOT, 'action.yml'), 'utf8'));
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(Object.keys(stopped.outputs)));
    expect(yard.alive()).toEqual([]);
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
    expect(plain(stopped.summary)).toContain(`Why: ${reason}`);
    expect(plain(stopped.summary)).toContain('by lead');
    const [issue] = yard.github.world.issues;
    for (const text of [stopped.summary, issue?.body ?? '']) {
      expect(text).not.toContain('@everyone');
      expect(text).not.toContain('<img');
      expect(text).not.toContain('](http');
    }
    const resumed = await yard.action({ inputs: { command: 'resume' }, event });
    expect(resumed.exitCode, resumed.stdout).toBe(0);
    expect(resumed.outputs).toMatchObject({ status: 'unknown', decision: 'allow' });
    expect(yard.states()).toEqual(['active', 'active', 'active']);
    expect(kinds(await yard.events()).at(-1)).toBe('halt.resumed');
  });

  test('refuses to resume for whoever is no lead, and says so', async ({ expect }) => {
    await using yard = await plantYard();
    expect((await yard.cli(ALL)).exitCode).toBe(0);
    for (const [who, message] of [
      ['writer', 'writer is none.'],
      ['mallory', 'Resuming needs a lead'],
      ['', 'It is not known who started this run.'],
    ] as const) {
      const refused = await yard.action({ inputs: { command: 'resume' }, env: { GITHUB_TRIGGERING_ACTOR: who } });
      expect(refused.exitCode, refused.stdout).toBe(3);
      expect(annotations(refused)).toContain(message);
      expect(plain(refused.summary)).toContain('Not resumed');
      expect(refused.outputs).toMatchObject({ decision: 'deny' });
    }
    expect(yard.states()).toEqual(['disabled_manually', 'disabled_manually', 'active']);
  });

  test('a stop that is not complete fails with 4 and says in an annotation what is left', async ({ expect }) => {
    await using yard = await plantYard();
    const token = yard.github.mintToken({ actions: 'read', contents: 'write', issues: 'write' });
    const { exitCode, stdout, summary, outputs, ...rest } = await yard.action({
      inputs: { command: 'stop', agent: 'fixer,triage' },
      token,
    });
    expect(exitCode, stdout).toBe(4);
    expect(outputs).toMatchObject({ status: 'stopped', decision: 'deny' });
    expect(annotations({ exitCode, stdout, summary, outputs, ...rest })).toContain('actions: write');
    expect(plain(summary)).toContain('Left to do');
  });

  test('watch tells of a stop whose process could write no issue, once', async ({ expect }) => {
    await using yard = await plantYard();
    const { issues: _none, ...others } = STOP_PERMISSIONS;
    const stopped = await yard.cli([...ALL, '--json'], others);
    expect(stopped.exitCode, stopped.stdout).toBe(0);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      issue: null,
      notes: [expect.stringContaining('issues: write')],
    });
    expect(yard.github.world.issues).toEqual([]);
    const watched = await yard.action({ inputs: { command: 'watch' } });
    expect(watched.exitCode, watched.stdout).toBe(0);
    expect(watched.outputs).toMatchObject({ status: 'stopped' });
    expect(yard.github.world.issues).toMatchObject([{ title: 'Stopped: all agents (stop 1)', state: 'open' }]);
    const before = structuredClone(yard.github.world.issues);
    expect((await yard.action({ inputs: { command: 'watch' } })).exitCode).toBe(0);
    expect(yard.github.world.issues).toEqual(before);
  });

  test.for(['memory:', 'dir:ledger'])(
    'says of the ledger %s that it ends with the job',
    async (address, { expect }) => {
      await using yard = await plantYard();
      await yard.github.commitFile(
        'main',
        '.github/checkrein.yml',
        `ledger: '${address}'\nstop: { grace: 1m, reserve: 0 }\n`,
      );
      const stopped = await yard.action({ inputs: { command: 'stop', agent: 'all' } });
      expect(yard.alive(), stopped.stdout).toEqual([]);
      expect(annotations(stopped)).toContain('the next job knows nothing of what this one did');
      expect(plain(stopped.summary)).toContain('the next job knows nothing of what this one did');
      const watched = await yard.action({ inputs: { command: 'watch' } });
      expect(annotations(watched)).toContain('the next job knows nothing of what this one did');
    },
  );

  test('wants to know whom to stop', async ({ expect }) => {
    await using yard = await plantYard();
    const { exitCode, stdout } = await yard.action({ inputs: { command: 'stop' } });
    expect(exitCode).toBe(2);
    expect(stdout).toContain("The command 'stop' needs the input agent");
    expect(writes(yard)).toEqual([]);
  });
});
