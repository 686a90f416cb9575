import { existsSync } from 'node:fs';
import { createFixture, type FsFixture } from 'fs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { executionFile } from '../flows/execution-file.ts';
import { inShell } from './shell.ts';

/** A module that is loaded before the program and breaks something in it, so that a bug can be seen from outside. */
function breaking(source: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(source)}` };
}

/** Prints the exit codes of a pipe. */
const STATUS = `echo "\${PIPESTATUS[*]}"`;

const REPORT = 'Please report it at https://github.com/checkrein/checkrein/issues with the lines below.';

describe('an output that cannot be written', () => {
  let files: FsFixture;
  beforeAll(async () => {
    files = await createFixture({ 'a.json': executionFile({ id: 's', usd: 1, startedAt: '2026-11-20T09:00:00Z' }) });
    await runCli(['demo', '--ledger', 'dir:month'], { cwd: files.path });
  });
  afterAll(() => files.rm());

  test('a reader that has read enough ends the program quietly', async () => {
    const line = `cli ledger show --ledger dir:month --json | head -1; ${STATUS}`;
    const { stdout, stderr } = await inShell(line, files.path);
    const [event = '', codes] = stdout.split('\n');
    expect(JSON.parse(event)).toMatchObject({ v: 1 });
    expect(codes).toBe('0 0');
    expect(stderr).toBe('');
  });

  test('a verdict is not lost with its text', async () => {
    const damage = 'cp -r month hurt && sed -i "1s/^./x/" hurt/events/*/*/*.ndjson';
    const { stdout, stderr } = await inShell(
      `${damage}; cli ledger verify --ledger dir:hurt | true; ${STATUS}`,
      files.path,
    );
    expect([stdout, stderr]).toEqual(['1 0\n', '']);
  });

  test.skipIf(!existsSync('/dev/full'))(
    'a full disk is a failure in one line (skipped: no /dev/full here)',
    async () => {
      for (const words of [
        '--help',
        'ledger show --ledger dir:month',
        'ingest a.json --json',
        'demo --ledger memory:',
      ]) {
        const { exitCode, stderr } = await inShell(`cli ${words} > /dev/full`, files.path);
        expect([words, exitCode, stderr]).toEqual([words, 1, 'checkrein: The output could not be written (ENOSPC).\n']);
      }
    },
  );

  test('the program ends of itself: `process.exit` may wait forever for a compiler that waits for it', async () => {
    const told = breaking(`process.exit = () => process.stderr.write('It was made to end.')`);
    for (const words of [['ingest', 'a.json', '--json'], ['--version'], ['ledger', 'show', '--ledger', 'dir:month']]) {
      const ran = await runCli(words, { cwd: files.path, env: told });
      expect([words, ran.exitCode, ran.stderr]).toEqual([words, 0, '']);
    }
  });

  test('without any output or error screen the exit code still tells', async () => {
    expect(await inShell('cli ledger verify --ledger dir:month >&- 2>&-', files.path)).toMatchObject({ exitCode: 0 });
    expect(await inShell('cli ledger nonsense >&- 2>&-', files.path)).toMatchObject({ exitCode: 2 });
  });

  test('Ctrl-C in the middle leaves a whole ledger, which the next run goes on with', async () => {
    // bash lets a process in the background ignore SIGINT, unless it has job control.
    const line = `
      set -m
      cli demo --ledger dir:cut > out.txt 2> err.txt &
      until [ -e cut/state.json ]; do sleep 0.02; done
      kill -INT -- -$!; wait $!; echo $?
      cli ledger verify --ledger dir:cut`;
    const { stdout, exitCode } = await inShell(line, files.path);
    const [code, verdict] = stdout.split('\n');
    expect(code).toBe('130');
    expect(verdict).toMatch(/^dir:cut: whole\. /);
    expect(exitCode).toBe(0);
    const next = await runCli(['watch', '--sessions', 'a.json', '--ledger', 'dir:cut'], { cwd: files.path });
    expect(next.exitCode).toBe(0);
    expect((await runCli(['ledger', 'verify', '--ledger', 'dir:cut'], { cwd: files.path })).exitCode).toBe(0);
  });
});

describe('a bug', () => {
  let folder: FsFixture;
  beforeAll(async () => {
    folder = await createFixture();
  });
  afterAll(() => folder.rm());

  const THROWS = "Date.prototype.toISOString = () => { throw new TypeError('planted \\u001b[31m'); };";
  const REJECTS = "setTimeout(() => Promise.reject(new RangeError('planted')), 20);";

  test.each([
    ['thrown', THROWS, 'TypeError: planted'],
    ['of a promise that nobody waits for', REJECTS, 'RangeError: planted'],
  ])(
    '%s ends the command line with a line on where to report it, then the stack, and 1',
    async (_name, source, what) => {
      const { exitCode, stdout, stderr } = await runCli(['demo'], {
        env: { ...breaking(source), TMPDIR: folder.path },
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      const [first = '', second, ...stack] = stderr.trimEnd().split('\n');
      expect(first).toMatch(/^checkrein: This is a bug in Checkrein \d+\.\d+\.\d+: /);
      expect(first).toContain(what);
      expect(second).toBe(REPORT);
      expect(stack.some((line) => /^ {4}at /.test(line))).toBe(true);
      expect(stderr).not.toContain('\u001b');
    },
  );

  test.each([
    ['thrown', THROWS, 'TypeError: planted'],
    ['of a promise that nobody waits for', REJECTS, 'RangeError: planted'],
  ])('%s ends the action with an annotation, the stack in the log, and 1', async (_name, source, what) => {
    const done = await runAction({ env: breaking(source), phases: ['main'] });
    expect(done.exitCode).toBe(1);
    const [annotation = ''] = done.stdout.split('\n').filter((line) => line.startsWith('::error::'));
    expect(annotation).toMatch(/^::error::This is a bug in Checkrein \d+\.\d+\.\d+: /);
    expect(annotation).toContain(what);
    expect(annotation).toContain(REPORT);
    expect(done.stdout).toMatch(/^ {4}at /m);
    expect(done.stderr).toBe('');
  });

  test('of the action stands in the job summary, with a status that claims nothing', async () => {
    const done = await runAction({ env: breaking(THROWS), phases: ['main'] });
    expect(done.summary).toContain('## Checkrein could not finish');
    expect(done.outputs).toMatchObject({ status: 'unknown' });
  });
});

describe('a folder that is gone', () => {
  test('is said with what to do, and is no bug of ours', async () => {
    await using files = await createFixture({});
    const { stdout, stderr } = await inShell(`mkdir gone; cd gone; rmdir ../gone; cli queue; ${STATUS}`, files.path);
    expect(stdout).toBe('1\n');
    expect(stderr).toContain(
      'checkrein: The folder that you are in cannot be read, or is not there any more. Change to another one.\n',
    );
    expect(stderr).not.toContain('bug');
  });
});

describe('the action without what it needs', () => {
  test('a command that it does not have is bad usage, with what was likely meant', async () => {
    const done = await runAction({ inputs: { command: 'wach' }, phases: ['main'] });
    expect(done).toMatchObject({ exitCode: 2, outputs: { status: 'unknown' } });
    expect(done.stdout).toContain("::error::The action has no command 'wach' in this version. Did you mean 'watch'?");
    expect(done.summary).toContain("The action has no command 'wach'");
  });

  test('an event that it does nothing on is said and is no failure', async () => {
    const done = await runAction({ event: { name: 'fork' }, phases: ['main'] });
    expect(done).toMatchObject({ exitCode: 0, outputs: { status: 'unknown' } });
    expect(done.stdout).toContain("::warning::Checkrein has nothing to do on the event 'fork'");
  });
});

describe('a named pipe in the place of a file', () => {
  test('that nobody writes to holds no command up for ever', async () => {
    await using files = await createFixture({ '.github/workflows/.keep': '' });
    await inShell('mkfifo pipe && mkfifo .github/checkrein.yml', files.path);
    const commands: readonly (readonly [command: string, exit: number])[] = [
      ['detect --input pipe', 1],
      ['rules check pipe', 2],
      ['rules check', 2],
      ['rules test pipe', 2],
      ['ledger verify --key pipe', 2],
      ['backtest --labels pipe --ledger memory:', 2],
      ['doctor --workflow pipe', 2],
      ['ingest .', 2],
    ];
    const ends = await Promise.all(commands.map(([command]) => inShell(`cli ${command}`, files.path)));
    expect(ends.map(({ exitCode, stdout }) => ({ exitCode, stdout }))).toEqual(
      commands.map(([, exitCode]) => ({ exitCode, stdout: '' })),
    );
    for (const { stderr } of ends)
      expect(stderr).toContain('(it is a pipe, and nobody has written to it for 10 seconds)');
  });

  // The mistake is in the last line, so that it is only found by who reads on.
  test.each([
    ['a writer that comes later', '{ sleep 0.5; cat whole > pipe; } &', 'pipe'],
    ['a writer that takes its time', '{ head -1 whole; sleep 0.5; tail -1 whole; } > pipe &', 'pipe'],
    ['process substitution', '', '<(sleep 0.5; head -1 whole; sleep 0.5; tail -1 whole)'],
    ['the standard input', 'cat whole |', '/dev/stdin'],
  ])('is read to its end: %s', async (_name, writer, file) => {
    await using files = await createFixture({ whole: 'version: 1\noddity: 1\n' });
    const { stdout, exitCode } = await inShell(`mkfifo pipe; ${writer} cli rules check ${file}`, files.path);
    expect({ stdout, exitCode }).toEqual({ stdout: expect.stringContaining("no option 'oddity'"), exitCode: 2 });
  });

  test('may carry a series as it comes', async () => {
    const rows = Array.from({ length: 48 }, (_, i) => `${new Date(Date.UTC(2026, 0, 1, i)).toISOString()},${i % 7}\n`);
    await using files = await createFixture({ head: 'timestamp,value\n', rows: rows.join('') });
    const line = 'mkfifo pipe; { cat head; sleep 0.5; cat rows; } > pipe & cli detect --input pipe';
    const { stdout, exitCode } = await inShell(line, files.path);
    expect({ lines: stdout.trimEnd().split('\n').length, exitCode }).toEqual({ lines: 49, exitCode: 0 });
  });

  test('that somebody closed without a word was an empty file to process substitution, and still is', async () => {
    await using files = await createFixture({});
    const { stdout, exitCode } = await inShell('cli rules check <(true)', files.path);
    expect({ stdout, exitCode }).toEqual({ stdout: expect.stringContaining(': good'), exitCode: 0 });
  });
});
