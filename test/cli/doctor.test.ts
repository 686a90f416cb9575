import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';
import { startFakeGitHub } from '../fakes/github.ts';

const PATH = '.github/workflows/checkrein.yml';
const CONFIG = '.github/checkrein.yml';
const WATCH = {
  ...{ actions: 'read', checks: 'read', contents: 'write' },
  ...{ issues: 'write', 'pull-requests': 'read', statuses: 'read' },
};
const STOP = { actions: 'write', contents: 'write', issues: 'write', 'pull-requests': 'write', statuses: 'write' };
const ENFORCE = 'mode: enforce\nresponses: { runaway: stop }\n';

interface JobSpec {
  readonly permissions?: unknown;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps?: readonly unknown[];
}

/** JSON is YAML, so a test says of a workflow only what it is about. */
function workflow(jobs: Readonly<Record<string, JobSpec>>, rest: Readonly<Record<string, unknown>> = {}): string {
  const written = Object.entries(jobs).map(([name, { permissions, steps = [], ...step }]) => {
    const own = { uses: 'checkrein/checkrein@v1', ...step };
    const job = { 'runs-on': 'ubuntu-latest', steps: [...steps, own] };
    return [name, permissions === undefined ? job : { ...job, permissions }];
  });
  return JSON.stringify({ on: { schedule: [{ cron: '17 * * * *' }] }, ...rest, jobs: Object.fromEntries(written) });
}

interface Diagnosis {
  readonly exitCode: number | null;
  readonly report: {
    readonly ok: boolean;
    readonly jobs: readonly {
      readonly job: string;
      readonly lacks: readonly { readonly permission: string; readonly has: string | null; readonly needs: string }[];
      readonly more: readonly { readonly permission: string }[];
      readonly faults: readonly string[];
      readonly notes: readonly string[];
      readonly permissions: readonly string[];
    }[];
    readonly missing: readonly { readonly what: string; readonly permissions: readonly string[] }[];
  };
}

async function diagnose(text: string, config?: string, args: readonly string[] = []): Promise<Diagnosis> {
  await using files = await createFixture({ [PATH]: text, ...(config === undefined ? {} : { [CONFIG]: config }) });
  const { exitCode, stdout, stderr } = await runCli(['doctor', '--json', ...args], { cwd: files.path });
  expect(stderr).toBe('');
  return { exitCode, report: JSON.parse(stdout) };
}

describe('the levers of a stop', () => {
  const app = { with: { command: 'stop', 'github-token': 'the token of an app' } };
  const hook = 'stop: { webhook: { url_env: HOOK_URL, secret_env: HOOK_SECRET } }\n';
  const handedOn = { HOOK_URL: 'from a secret', HOOK_SECRET: 'from another' };

  test.each([
    ['stop: { variable: HALTED }\n', { with: { command: 'stop' } }, 'no token of a job can write'],
    ['stop: { variable: HALTED }\n', app, null],
    [hook, app, 'HOOK_URL and HOOK_SECRET is not in its env'],
    [hook, { ...app, env: handedOn }, null],
    [hook, { with: { command: 'watch' }, env: { CHECKREIN_APPLY: 'issue' } }, null],
  ])('%#: are missed where the step cannot move them', async (config, step, words) => {
    const { report } = await diagnose(workflow({ stop: { permissions: STOP, ...step } }), config);
    const { faults = [] } = report.jobs[0] ?? {};
    if (words === null) expect(faults).toEqual([]);
    else expect(faults).toEqual([expect.stringContaining(words)]);
  });
});

describe('the time of a job that stops', () => {
  const stops = { permissions: STOP, with: { command: 'stop' } };
  const said = (minutes: unknown): string =>
    workflow({ stop: stops }).replace('"runs-on"', `"timeout-minutes":${JSON.stringify(minutes)},"runs-on"`);

  test.each([
    ['shorter than the deadline', said(10), undefined, 'set its timeout-minutes to 25 or more'],
    ['too short for what comes around it', said(24), undefined, 'a stop may keep trying for 15 min'],
    ['long enough', said(25), undefined, null],
    ['too short for a longer deadline', said(30), 'stop: { deadline: 25m }\n', 'set its timeout-minutes to 35 or more'],
    ['what GitHub gives', workflow({ stop: stops }), 'stop: { deadline: 50m }\n', null],
    ['an expression', said('${' + '{ vars.MINUTES }}'), undefined, null],
  ])('is compared with the deadline of a stop: %s', async (_name, text, config, words) => {
    const { exitCode, report } = await diagnose(text, config, ['--workflow', PATH]);
    expect([exitCode, report.jobs[0]?.faults]).toEqual(
      words === null ? [0, []] : [1, [expect.stringContaining(words)]],
    );
  });

  test('does not matter to one that stops nobody', async () => {
    const text = workflow({ watch: { permissions: WATCH } }).replace('"runs-on"', '"timeout-minutes":5,"runs-on"');
    expect((await diagnose(text)).exitCode).toBe(0);
  });
});

describe('doctor finds that all is there', () => {
  test.each([
    ['shadow', undefined],
    ['enforce', ENFORCE],
  ])('in the workflow that the product ships, in %s mode', async (_mode, config) => {
    const text = await readFile(join(ROOT, 'config/workflows/checkrein.yml'), 'utf8');
    const { exitCode, report } = await diagnose(text, config);
    expect([exitCode, report.ok, report.jobs.length]).toEqual([0, true, 6]);
    expect(report.jobs.flatMap(({ lacks, more }) => [...lacks, ...more])).toEqual([]);
  });

  test('in one job that watches in shadow mode, which needs no actions: write', async () => {
    expect(await diagnose(workflow({ watch: { permissions: WATCH } }))).toMatchObject({
      exitCode: 0,
      report: {
        ok: true,
        missing: [],
        jobs: [{ file: PATH, job: 'watch', lacks: [], more: [], permissions: [], notes: [expect.any(String)] }],
      },
    });
  });

  test('where the permissions stand above the jobs, or as write-all', async () => {
    const above = await diagnose(workflow({ watch: {} }, { permissions: WATCH }));
    expect(above).toMatchObject({ exitCode: 0, report: { jobs: [{ lacks: [], more: [] }] } });
    const all = await diagnose(workflow({ watch: { permissions: 'write-all' } }), ENFORCE);
    expect(all).toMatchObject({ exitCode: 0, report: { jobs: [{ lacks: [], more: [{ permission: 'write-all' }] }] } });
  });

  test('where a ledger elsewhere needs nothing to be written here', async () => {
    const permissions = { ...WATCH, contents: 'read' };
    const text = workflow({ watch: { permissions } });
    expect((await diagnose(text)).report.jobs[0]?.lacks).toMatchObject([{ permission: 'contents', has: 'read' }]);
    expect((await diagnose(text, 'ledger: dir:ledger\n')).exitCode).toBe(0);
  });

  test('where a token of its own makes the permissions of the job say nothing', async () => {
    const token = { 'github-token': '${' + '{ secrets.APP_TOKEN }}' };
    const { exitCode, report } = await diagnose(workflow({ watch: { permissions: {}, with: token } }));
    expect([exitCode, report.jobs[0]?.lacks]).toEqual([0, []]);
    expect(report.jobs[0]?.notes[0]).toContain('token of its own');
  });
});

describe('doctor names what a job lacks', () => {
  test('with the lines to paste, which keep what other steps of the job need', async () => {
    const permissions = { contents: 'read', issues: 'read', 'id-token': 'write' };
    await using files = await createFixture({
      [PATH]: workflow({ watch: { permissions, steps: [{ run: 'true' }] } }),
    });
    const { exitCode, stdout } = await runCli(['doctor'], { cwd: files.path });
    expect(exitCode).toBe(1);
    expect(
      stdout,
    ).toBe(`.github/workflows/checkrein.yml, job watch: LACKING. It does: watch (gather, issue, stop, rollback, rerun).
  lacks actions: read (has none), to read runs, jobs and artifacts of the agents
  lacks checks: read (has none), to see which approved changes of agents passed their checks
  lacks contents: write (has read), to write the ledger on its branch
  lacks issues: write (has read), to open, update and close issues
  lacks pull-requests: read (has none), to read what people say of those of agents
  lacks statuses: read (has none), to see which approved changes of agents passed their checks
  Write into this job:
    permissions:
      actions: read
      checks: read
      contents: write
      id-token: write
      issues: write
      pull-requests: read
      statuses: read
  note: No rule stops anybody, so it needs no actions: write. A stop that a person asks for by a comment is then for another job to do.

Something is missing: 1 of 1 jobs cannot do what they are for.
`);
  });

  test('when the configuration stops agents and the one job may not', async () => {
    const { exitCode, report } = await diagnose(workflow({ watch: { permissions: WATCH } }), ENFORCE);
    expect(exitCode).toBe(1);
    expect(report.jobs[0]?.lacks).toMatchObject([
      { permission: 'actions', has: 'read', needs: 'write' },
      { permission: 'pull-requests', has: 'read', needs: 'write' },
      { permission: 'statuses', has: 'read', needs: 'write' },
    ]);
    expect(report.jobs[0]?.permissions).toEqual([
      'permissions:',
      '  actions: write',
      '  checks: read',
      '  contents: write',
      '  issues: write',
      '  pull-requests: write',
      '  statuses: write',
    ]);
  });

  test.each([
    ['a rule in shadow mode of its own', 'mode: enforce\nresponses: { runaway: { do: stop, mode: shadow } }\n', 0],
    ['a rule that enforces in a file that does not', 'responses: { runaway: { do: stop, mode: enforce } }\n', 1],
    ['enforcing with no rule that stops', 'mode: enforce\n', 0],
  ])('by the mode that counts: %s', async (_name, config, exit) => {
    expect((await diagnose(workflow({ watch: { permissions: WATCH } }), config)).exitCode).toBe(exit);
  });

  test('when neither the job nor the workflow says what it has, because then a setting decides', async () => {
    const { exitCode, report } = await diagnose(workflow({ watch: {} }));
    expect(exitCode).toBe(1);
    expect(report.jobs[0]?.lacks.map(({ permission, has }) => [permission, has])).toEqual([
      ['actions', null],
      ['checks', null],
      ['contents', null],
      ['issues', null],
      ['pull-requests', null],
      ['statuses', null],
    ]);
  });

  test('of the other commands, each by what it does', async () => {
    const jobs = Object.fromEntries(
      ['watch', 'guard', 'drill', 'stop', 'resume', 'record', 'command'].map((command) => [
        command,
        { permissions: {}, with: { command } },
      ]),
    );
    const { report } = await diagnose(workflow(jobs));
    const lacking = report.jobs.map(({ job, lacks }) => [job, lacks.map(({ permission }) => permission).join(' ')]);
    expect(lacking).toEqual([
      ['watch', 'actions checks contents issues pull-requests statuses'],
      ['guard', 'contents'],
      ['drill', 'actions contents'],
      ['stop', 'actions contents issues pull-requests statuses'],
      ['resume', 'actions contents issues statuses'],
      ['record', 'contents'],
      ['command', 'actions contents issues pull-requests statuses'],
    ]);
  });

  test('by the event where the command is auto', async () => {
    const on = { on: { issue_comment: {}, schedule: [] } };
    const bare = { permissions: {} };
    expect((await diagnose(workflow({ both: bare }, on))).report.jobs[0]).toMatchObject({
      does: ['watch (gather, issue, stop, rollback, rerun), command'],
    });
    const text = workflow({ one: bare }, on).replace(
      '"runs-on"',
      `"if":"github.event_name != 'issue_comment'","runs-on"`,
    );
    expect((await diagnose(text)).report.jobs[0]).toMatchObject({
      does: ['watch (gather, issue, stop, rollback, rerun)'],
    });
  });
});

describe('doctor names what nobody does', () => {
  test('a stop that is asked for and no job may carry out, with a block for one', async () => {
    const env = { CHECKREIN_APPLY: 'issue' };
    const text = workflow({ watch: { permissions: WATCH, env } });
    expect((await diagnose(text)).exitCode).toBe(0);
    const { exitCode, report } = await diagnose(text, ENFORCE);
    expect(exitCode).toBe(1);
    expect(report.missing).toMatchObject([{ what: 'No job carries out the stops that the configuration asks for' }]);
    expect(report.missing[0]?.permissions).toEqual([
      'permissions:',
      ...Object.keys(STOP).map((permission) => `  ${permission}: write`),
    ]);
  });

  test('runs that are to be run again and no job that may, and the permission that one lacks', async () => {
    const again = 'version: 1\nmode: enforce\nresponses: { failures-in-a-row: rerun-failed }\n';
    const text = workflow({ watch: { permissions: WATCH, env: { CHECKREIN_APPLY: 'issue' } } });
    const { exitCode, report } = await diagnose(text, again);
    expect(exitCode).toBe(1);
    expect(report.missing).toMatchObject([{ what: 'No job runs failed runs again as the configuration asks' }]);
    expect(report.missing[0]?.permissions).toEqual(['permissions:', '  actions: write', '  contents: write']);
    const whole = await diagnose(workflow({ watch: { permissions: WATCH } }), again);
    expect(whole.report.jobs[0]).toMatchObject({
      lacks: [{ permission: 'actions', has: 'read', needs: 'write', why: 'run failed runs of agents again' }],
      notes: [],
    });
  });

  test('a pause that is asked for, as it does for a stop', async () => {
    const text = workflow({ watch: { permissions: WATCH, env: { CHECKREIN_APPLY: 'issue' } } });
    const { report } = await diagnose(text, 'version: 1\nmode: enforce\nresponses: { runaway: pause-agent }\n');
    expect(report.missing).toMatchObject([{ what: 'No job carries out the stops that the configuration asks for' }]);
  });

  test('gathering and telling, and not where one file alone was named', async () => {
    const env = { CHECKREIN_APPLY: 'none', CHECKREIN_GATHER: 'false' };
    const text = workflow({ watch: { permissions: { contents: 'write' }, env } });
    const { report } = await diagnose(text);
    expect(report.missing.map(({ what }) => what)).toEqual([
      'No job reads what the agents did',
      'No job opens issues about alerts',
    ]);
    expect((await diagnose(text, undefined, ['--workflow', PATH])).exitCode).toBe(0);
  });

  test('anything at all, where no workflow runs Checkrein', async () => {
    const text = 'on: push\njobs: { a: { runs-on: x, steps: [{ uses: someone/else@v1 }] } }\n';
    const { exitCode, report } = await diagnose(text);
    expect([exitCode, report.missing[0]?.what]).toEqual([1, 'No job runs Checkrein']);
    await using empty = await createFixture({});
    expect((await runCli(['doctor'], { cwd: empty.path })).exitCode).toBe(1);
  });

  test('and a file that is no YAML but means to run it', async () => {
    const { exitCode, report } = await diagnose('jobs: [}\n  - uses: checkrein/checkrein@v1\n');
    expect([exitCode, report.missing[0]?.what]).toEqual([1, `${PATH} is not valid YAML, so GitHub does not run it`]);
  });
});

describe('doctor tells also', () => {
  test('of more than a job needs, which is no fault, and only where no other step may use it', async () => {
    const permissions = { ...WATCH, actions: 'write', 'id-token': 'write' };
    const alone = await diagnose(workflow({ watch: { permissions } }));
    expect([alone.exitCode, alone.report.jobs[0]?.more]).toMatchObject([
      0,
      [
        { permission: 'actions', has: 'write', needs: 'read' },
        { permission: 'id-token', has: 'write', needs: 'none' },
      ],
    ]);
    const beside = await diagnose(workflow({ watch: { permissions, steps: [{ run: 'deploy' }] } }));
    expect(beside.report.jobs[0]?.more).toEqual([]);
  });

  test.each([
    ['a command that the action has not', { with: { command: 'wach' } }, "no command 'wach'. Did you mean 'watch'?"],
    ['a kind of response that there is not', { env: { CHECKREIN_APPLY: 'isue' } }, "Did you mean 'issue'?"],
    ['neither true nor false', { env: { CHECKREIN_GATHER: 'no' } }, 'CHECKREIN_GATHER is true or false'],
  ])('of %s', async (_name, step, sentence) => {
    const { exitCode, report } = await diagnose(workflow({ watch: { permissions: WATCH, ...step } }));
    expect(exitCode).toBe(1);
    expect(report.jobs[0]?.faults.join()).toContain(sentence);
  });

  test('nothing that a stranger could write into its lines to paste, or onto a terminal', async () => {
    const hostile = { 'issues: write\n  evil': 'write', '\u001b[2J': 'write', contents: 'read' };
    await using files = await createFixture({
      [PATH]: workflow({ 'wat\u001b]0;x\u0007ch': { permissions: hostile } }),
    });
    const { stdout } = await runCli(['doctor'], { cwd: files.path });
    expect(stdout).not.toContain('evil');
    expect(stdout).not.toContain('\u0007');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('doctor with --repo', () => {
  test('looks at the default branch, not at this folder, and reads only', async () => {
    await using github = await startFakeGitHub();
    await github.addWorkflowFile(PATH, workflow({ watch: { permissions: WATCH } }));
    await github.commitFile('main', CONFIG, ENFORCE);
    await using files = await createFixture({ [PATH]: workflow({ watch: { permissions: STOP } }) });
    const { exitCode, stdout } = await runCli(['doctor', '--repo', github.fullName, '--json'], {
      cwd: files.path,
      env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.mintToken({ contents: 'read' }) },
    });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      repo: github.fullName,
      files: [PATH],
      jobs: [{ lacks: [{ permission: 'actions', has: 'read', needs: 'write' }, {}, {}] }],
    });
    expect(github.log.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual([]);
  });
});

describe('doctor refuses with 2', () => {
  test.each([
    ['a workflow that is not there', ['--workflow', 'none.yml'], 'There is no workflow none.yml in this folder'],
    ['a configuration that is not there', ['--config', 'none.yml'], 'There is no configuration none.yml'],
    ['words', ['checkrein.yml'], "takes options only, but got 'checkrein.yml'"],
    ['an unknown option', ['--flow', 'x'], "no option '--flow'"],
    ['a repository without a token', ['--repo', 'octo/fleet'], 'GITHUB_TOKEN'],
  ])('%s', async (_name, args, sentence) => {
    await using files = await createFixture({ [PATH]: workflow({ watch: { permissions: WATCH } }) });
    const { exitCode, stdout, stderr } = await runCli(['doctor', ...args], { cwd: files.path });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });

  test('rules that are unsound, channels that are not there and every missing secret, by name', async () => {
    const config = `channels:
  ops: { type: slack, webhook: env:OPS_HOOK }
  pager: { type: pagerduty, routing_key: env:PAGER_KEY }
contacts: { ana: [opps] }
alerts:
  warning:
    - { name: typo, condition: metrics.sesions.total > 1 }
    - { name: sound, condition: metrics.sessions.total > 1, channels: [pagr], escalation: night }
`;
    await using files = await createFixture({ [PATH]: workflow({ watch: { permissions: WATCH } }), [CONFIG]: config });
    const { exitCode, stdout } = await runCli(['doctor'], { cwd: files.path });
    expect(exitCode).toBe(1);
    for (const words of [
      "No message goes there: .github/checkrein.yml:4:19: contacts.ana[0]: there is no channel 'opps' under 'channels'; did you mean 'ops'?",
      "The rule typo cannot be asked: .github/checkrein.yml:7:21: alerts.warning[0].condition: unknown field 'sesions'",
      "alerts.warning[1].channels[0]: there is no channel 'pagr' under 'channels'; did you mean 'pager'?",
      'The rule sound is escalated as one that names no policy: .github/checkrein.yml:8:',
      'channels.ops.webhook, but OPS_HOOK is not in its env: hand it on from a secret. So are not: PAGER_KEY for channels.pager.routing_key.',
      '4 of your rules or channels are wrong',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  test('a configuration that is wrong, with what is wrong', async () => {
    await using files = await createFixture({ [PATH]: workflow({ watch: {} }), [CONFIG]: 'mood: shadow\n' });
    const { exitCode, stderr } = await runCli(['doctor'], { cwd: files.path });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('mood');
  });
});
