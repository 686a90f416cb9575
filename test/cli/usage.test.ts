import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { COMMAND_GROUPS, COMMANDS } from '../../src/app/entry/commands.ts';
import { runCli } from '../drivers/run-cli.ts';

const NAMES = COMMANDS.map(({ name }) => name).join(', ');

/** Stands in a command line for what somebody typed. */
const TYPED = 'TYPED';

describe('help', () => {
  test('without a command, the list of commands is shown and nothing fails', async () => {
    const bare = await runCli([]);
    expect(bare).toMatchObject({ exitCode: 0, stderr: '' });
    for (const { name } of COMMANDS) expect(bare.stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    expect((await runCli(['--help'])).stdout).toBe(bare.stdout);
    expect((await runCli(['-h'])).stdout).toBe(bare.stdout);
    expect((await runCli(['help'])).stdout).toBe(bare.stdout);
    expect((await runCli(['help', '--help'])).stdout).toBe(bare.stdout);
  });

  test('each command is explained in one line below the heading of its group', async () => {
    const { stdout } = await runCli([]);
    for (const { title, commands } of COMMAND_GROUPS) {
      const group = stdout.slice(stdout.indexOf(`\n${title}\n`) + title.length + 2).split('\n\n')[0] ?? '';
      expect(group.split('\n').map((line) => line.trim().split(' ')[0])).toEqual(commands.map(({ name }) => name));
    }
  });

  test.each(COMMANDS.map(({ name }) => name))('%s explains its options, exit codes and examples', async (name) => {
    const { exitCode, stdout, stderr } = await runCli([name, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const command = COMMANDS.find((candidate) => candidate.name === name);
    expect(stdout).toContain(`Usage: checkrein ${name}`);
    for (const { flag } of command?.options ?? []) expect(stdout).toMatch(new RegExp(`^  --${flag}\\b`, 'm'));
    for (const example of command?.examples ?? []) expect(stdout).toContain(`  ${example}\n`);
    for (const code of Object.keys(command?.exits ?? {})) expect(stdout).toContain(`Exit code ${code}: `);
    expect(stdout).not.toContain('`');
    expect((await runCli(['help', name])).stdout).toBe(stdout);
    expect((await runCli([name, '-h'])).stdout).toBe(stdout);
  });

  test('does nothing else, whatever stands beside it', async () => {
    expect(await runCli(['watch', '--sessions', 'x', '--nonsense', '--help'])).toMatchObject({ exitCode: 0 });
  });

  test('the version is that of package.json', async () => {
    expect(await runCli(['--version'])).toMatchObject({ exitCode: 0, stdout: `${manifest.version}\n`, stderr: '' });
    expect((await runCli(['-V'])).stdout).toBe(`${manifest.version}\n`);
  });
});

describe('bad usage ends with exit code 2, one line on stderr and nothing on stdout', () => {
  test.each([
    [['wach'], `There is no command 'wach'. Did you mean 'watch'? The commands are: ${NAMES}.`],
    [['frobnicate'], `There is no command 'frobnicate'. The commands are: ${NAMES}.`],
    [['help', 'ledgr'], "There is no command 'ledgr'. Did you mean 'ledger'?"],
    [['--json', 'watch'], 'The command comes first, and options behind it; it is one of watch, ingest'],
    [
      ['watch', '--sesions', 'x'],
      "'watch' has no option '--sesions'. Did you mean '--sessions'? See 'checkrein watch --help'.",
    ],
    [['watch', '--sesions=x'], "'watch' has no option '--sesions'. Did you mean '--sessions'?"],
    [['watch', '-json'], "'watch' has no option '-json'. Did you mean '--json'?"],
    [['ingest', '--dry-run', 'x'], "'ingest' has no option '--dry-run'. See 'checkrein ingest --help'."],
    [['watch', '--sessions'], '--sessions needs a value: --sessions GLOB.'],
    [['watch', '--sessions', '--json'], '--sessions needs a value: --sessions GLOB.'],
    [['watch', '--sessions='], '--sessions needs a value: --sessions GLOB.'],
    [['watch', '--sessions', 'x', '--dry-run=yes'], '--dry-run takes no value.'],
    [['watch'], "'watch' needs something to watch: --repo OWNER/NAME, --sessions GLOB, or both."],
    [['watch', 'x', 'y', 'z'], "'watch' takes options only, but got 'x' and 2 more."],
    [['watch', '--sessions', 'a', 'b'], "got 'b'. Put a glob in quotes: --sessions 'logs/**/*.json'."],
    [['watch', '--agent', 'x', '--repo', 'o/r'], 'give --sessions GLOB with it.'],
    [['watch', '--sessions', 'x', '--agent', 'a\u001b[31mb'], '--agent wants a name of at most 80 printable'],
    [['ingest', 'x', '--agent', 'a\u001b[31mb'], '--agent wants a name of at most 80 printable characters.'],
    [['ingest', 'x', '--agent', 'a\nb'], '--agent wants a name of at most 80 printable characters.'],
    [['ingest', 'x', '--agent', 'a'.repeat(81)], '--agent wants a name of at most 80 printable characters.'],
    [['guard', '--run', '1', '--agent', 'a\u202eb'], '--agent wants a name of at most 80 printable characters.'],
    [['watch', '--sessions', 'x', '--now', 'tomorrow'], '--now wants an ISO 8601 moment such as 2026-11-21T09:30:00Z'],
    [['watch', '--sessions', 'x', '--now', '5'], "not '5'."],
    [['watch', '--repo', 'o/r'], 'Reading from GitHub needs a token: set GITHUB_TOKEN in the environment.'],
    [['ingest'], "'ingest' wants at least one file, folder or zip."],
    [['ledger'], "'ledger' wants one of verify, rebuild, show, compact, copy."],
    [['ledger', 'verfy'], "not 'verfy'. Did you mean 'verify'?"],
    [['ledger', 'verify', 'extra'], "'ledger verify' takes no further words, but got 'extra'."],
    [['ledger', 'verify', '--kind', 'watch.ran'], "--kind goes with 'ledger show' only."],
    [['ledger', 'show', '--kind', 'alert.change'], "no event kind 'alert.change'. Did you mean 'alert.changed'?"],
    [
      ['ledger', 'show', '--ledger', 'ftp://x'],
      'Write dir:PATH, branch:OWNER/NAME, branch:OWNER/NAME@REF, postgres://… or memory:.',
    ],
    [['ledger', 'verify', '--ledger', 'postgres://h'], 'names no host or no database'],
    [['rules'], "'rules' wants one of list, check, test, explain, export."],
    [['rules', 'chek'], "not 'chek'. Did you mean 'check'?"],
    [['rules', 'list', 'x'], "'rules list' takes no file; use --config PATH."],
    [['rules', 'list', '--format', 'metrics'], "--format goes with 'rules export' only."],
    [['rules', 'list', '--allow-missing-channels'], "--allow-missing-channels goes with 'rules check' only."],
    [['rules', 'check', '--ledger', 'dir:x'], "--ledger goes with 'rules explain', 'rules export' only."],
    [['rules', 'test', 'x', '--now', '2026-11-20'], "--now goes with 'rules explain', 'rules export' only."],
    [
      ['rules', 'export', '--json'],
      "--json goes with 'rules list', 'rules check', 'rules test', 'rules explain' only.",
    ],
    [['rules', 'export', '--ledger', 'dir:x'], '--ledger goes with --format metrics: rules need no ledger.'],
    [['rules', 'test', 'none.yml'], 'There is no file of tests none.yml; name the file that you mean.'],
    [['doctor', '--channels', '--workflow', 'x.yml'], '--channels looks at no workflow: leave --workflow out.'],
    [['drill', 'postgres://u:planted@h/d'], "takes options only, but got 'postgres://[redacted:url-credentials]@h/d'."],
    [['demo', 'x'], "'demo' takes options only, but got 'x'."],
    [['demo', '--seed', '1.5'], "--seed wants a whole number of at most 9 digits, not '1.5'."],
  ])('%j', async (words, message) => {
    const { exitCode, stdout, stderr } = await runCli(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^checkrein: [^\n]+\n$/);
  });

  test('a name of a repository that is none is refused before anything is asked of GitHub', async () => {
    const env = { GITHUB_TOKEN: 'x', GITHUB_API_URL: 'http://127.0.0.1:9' };
    const { exitCode, stderr } = await runCli(['watch', '--repo', 'not-a-name'], { env });
    expect([exitCode, stderr]).toEqual([2, "checkrein: A repository is named OWNER/NAME, not 'not-a-name'.\n"]);
  });

  // Put together here, so that no scanner takes this file for a leak.
  const TOKEN = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'}`;

  test.each([
    [[TYPED]],
    [['watch', `--${TYPED}`]],
    [['watch', '--sessions', 'x', TYPED]],
    [['watch', '--sessions', 'x', '--now', TYPED]],
    [['watch', '--sessions', 'x', '--apply', TYPED]],
    [['watch', '--repo', TYPED]],
    [['ledger', TYPED]],
    [['ledger', TYPED, 'more']],
    [['ledger', 'show', '--kind', TYPED]],
    [['ledger', 'verify', '--key', 'x', '--signed-since', TYPED]],
    [['rules', TYPED]],
    [['rules', TYPED, 'more', 'words']],
    [['rules', 'export', '--format', TYPED]],
    [['demo', '--seed', TYPED]],
    [['guard', '--agent', 'a', '--run', TYPED]],
    [['backtest', '--from', TYPED]],
    [['backtest', '--every', TYPED]],
    [['shadow', '--since', TYPED]],
    [['detect', '--input', 'x', '--method', TYPED]],
    [['detect', '--input', 'x', '--method', 'trend', '--sensitivity', TYPED]],
    [['record', TYPED]],
    [['review', '--repo', 'o/r', '--pull', TYPED]],
    [['record', 'metric', 'build.duration', TYPED]],
    [['record', 'event', 'a.b', '--label', TYPED]],
    [['stop', TYPED, '--dry-run', '--repo', 'o/r', '--reason', 'x', '--ledger', 'memory:']],
  ])('%j: what was typed comes back on one line, without secrets or anything that a terminal obeys', async (words) => {
    const typed = words.map((word) => word.replace(TYPED, `${TOKEN} \u001b[31m\u202Ered\n::error::mine`));
    const { exitCode, stderr } = await runCli(typed, {
      env: { GITHUB_TOKEN: 'x', GITHUB_API_URL: 'http://127.0.0.1:9' },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('[redacted:github-token]');
    expect(stderr).toMatch(/^checkrein: [^\p{Cc}\p{Cf}]+\n$/u);
  });

  test.each([
    ['rules', 'check', TYPED],
    ['rules', 'test', TYPED],
    ['ledger', 'verify', '--key', TYPED],
    ['doctor', '--workflow', TYPED],
  ])('%s %s %s: the name of a file that is not there comes back on one line', async (...words) => {
    const { exitCode, stderr } = await runCli(words.map((word) => word.replace(TYPED, '\u001b[31mred\n::error::mine')));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('red ::error::mine');
    expect(stderr).toMatch(/^checkrein: [^\p{Cc}\p{Cf}]+\n$/u);
  });
});
