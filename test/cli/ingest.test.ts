import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { createFixture, type FsFixture } from 'fs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';
import { executionFile } from '../flows/execution-file.ts';

const AT = '2026-11-20T09:00:00.000Z';
const session = (id: string, usd = 1): string => executionFile({ id, usd, startedAt: AT });

describe('ingest', () => {
  test('reads files, folders and zips into the shape of the contract, each session once', async () => {
    await using files = await createFixture({
      'a.json': session('s1', 0.5),
      'folder/again.json': session('s1', 0.5),
      'folder/deep/b.json': session('s2', 0.25),
      'c.zip': Buffer.from(zipSync({ 'x/y.json': strToU8(session('s3', 0.25)) })),
    });
    const { exitCode, stdout, stderr } = await runCli(['ingest', 'a.json', 'folder', 'c.zip', '--json'], {
      cwd: files.path,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.indexOf('\n')).toBe(stdout.length - 1);
    const report = JSON.parse(stdout);
    expect(report.complaints).toEqual([]);
    expect(report.sessions.map(({ id }: { id: string }) => id)).toEqual(['s1', 's2', 's3']);
    expect(report.sessions[0]).toMatchObject({
      engine: 'claude',
      format: 'claude-execution',
      path: 'a.json',
      startedAt: AT,
      outcome: 'completed',
      models: ['claude-sonnet-4-5-20250929'],
      // As the result message of the fixture says; input excludes what was cached.
      tokens: { input: 40, output: 33_020, cacheRead: 9_000, total: 42_560 },
      cost: { usd: 0.5, basis: 'billed' },
      reportedCost: { usd: 0.5, basis: 'billed' },
      turns: 4,
      tools: [
        {
          server: null,
          tool: 'Bash',
          calls: 1,
          errors: 0,
          latencyMs: { p50: expect.anything(), p95: expect.anything(), p99: expect.anything() },
        },
      ],
      denials: 0,
      // The list asks as much as was reported, to the rounding of one token.
      computedCost: { usd: expect.closeTo(0.5, 4), basis: 'list' },
      computedState: 'estimate',
      unpricedModels: [],
      apiDurationMs: null,
      mcpServers: [],
      limitsHit: [],
      cutOff: false,
      filesChanged: { count: 0, outside: 0, paths: [] },
      deniedTools: [],
      repeats: { inARow: { server: null, tool: 'Bash', calls: 1 }, most: { server: null, tool: 'Bash', calls: 1 } },
      unguarded: null,
      billedUnits: null,
      state: { tokens: 'exact', cost: 'exact', turns: 'exact', tools: 'exact' },
    });
    expect(report.totals).toMatchObject({ sessions: 3, tokens: { total: 94_348 }, cost: { usd: 1, basis: 'billed' } });
  });

  test('shows people a table and what it could not read', async () => {
    await using files = await createFixture({ 'a.json': session('s1', 0.5), 'notes.txt': 'not a session' });
    const { exitCode, stdout, stderr } = await runCli(['ingest', 'a.json', 'notes.txt'], { cwd: files.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^session +engine +model +outcome/);
    expect(stdout).toMatch(/^s1 .*\$0\.50/m);
    expect(stdout).toContain('1 session · 42.6 k tokens · $0.50 (billed)');
    expect(stdout).toMatch(/^ {2}notes\.txt: format not recognised/m);
  });

  test.each([
    ['a file that is not there', 'none.json', 'no such file or folder'],
    ['a file that is no session', 'notes.txt', 'format not recognised'],
    ['an empty file', 'empty.json', ''],
    ['a folder without sessions', 'folder', 'no session file was found in it'],
    ['a zip that is cut off', 'cut.zip', ''],
  ])('%s is a failure with a reason', async (_name, path, reason) => {
    const zip = Buffer.from(zipSync({ 'x.json': strToU8(session('s1')) }));
    await using files = await createFixture({
      'notes.txt': 'not a session',
      'empty.json': '',
      'folder/readme.md': 'nothing',
      'cut.zip': zip.subarray(0, zip.length - 30),
    });
    const { exitCode, stdout, stderr } = await runCli(['ingest', path], { cwd: files.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toMatch(/^No session was read\.\n/);
    expect(stdout).toContain(`  ${path}: ${reason}`);
    const told = JSON.parse((await runCli(['ingest', path, '--json'], { cwd: files.path })).stdout);
    expect(told).toMatchObject({
      sessions: [],
      // What is not known is null, never 0.
      totals: { sessions: 0, tokens: { total: null }, cost: { usd: null, basis: 'unknown' } },
      complaints: [{ path, reason: expect.stringContaining(reason) }],
    });
  });

  test('a half-written file gives what it holds, as a lower bound', async () => {
    const whole = executionFile({ id: 's1', usd: 1, startedAt: AT, withoutResult: true });
    await using files = await createFixture({ 'a.json': whole.slice(0, -20) });
    const { exitCode, stdout } = await runCli(['ingest', 'a.json', '--json'], { cwd: files.path });
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.sessions[0]).toMatchObject({ id: 's1', outcome: 'unknown', cost: { basis: 'estimated' } });
    expect(report.totals.state.cost).toBe('lower_bound');
    expect(report.complaints.length).toBeGreaterThan(0);
  });

  test('--now is the day whose prices hold where a record has no time, and only there', async () => {
    const timed = executionFile({ id: 's1', usd: 1, startedAt: '2026-01-01T00:00:00.000Z', withoutResult: true })
      .replaceAll('claude-sonnet-4-5-20250929', 'claude-opus-4-6')
      .replace('"input_tokens": 40', '"input_tokens": 300000');
    const timeless = timed.replaceAll(/,\s*"timestamp": "[^"]*"/g, '').replaceAll('s1', 's2');
    await using files = await createFixture({ 'timed.json': timed, 'timeless.json': timeless });
    const costs = async (now: string): Promise<readonly number[]> => {
      const words = ['ingest', 'timed.json', 'timeless.json', '--json', '--now', now];
      const { sessions } = JSON.parse((await runCli(words, { cwd: files.path })).stdout);
      return sessions.map(({ cost }: { cost: { usd: number } }) => cost.usd);
    };
    const [timedThen = 0, timelessThen = 0] = await costs('2026-01-01T00:00:00Z');
    const [timedLater, timelessLater = 0] = await costs('2026-11-21T00:00:00Z');
    expect([timelessThen, timedLater]).toEqual([timedThen, timedThen]);
    // The price list holds half the price for requests of more than 200,000 tokens to this model since 2026-03-13.
    expect(timelessLater).toBeLessThan(timelessThen * 0.6);
  });

  test.each([
    [[], 60_000],
    [['--usage-only'], null],
  ] as const)('how long a session took is unknown where rows were passed over: %j', async (flags, durationMs) => {
    const rows = ['2026-11-20T09:00:00.000Z', '2026-11-20T09:01:00.000Z'].map((timestamp, n) => {
      const message = { id: `m${n}`, model: 'claude-x', usage: { input_tokens: 5, output_tokens: 1 } };
      return JSON.stringify({ type: 'assistant', sessionId: 's1', timestamp, message });
    });
    await using files = await createFixture({ 's1.jsonl': rows.join('\n') });
    const { stdout } = await runCli(['ingest', 's1.jsonl', '--json', ...flags], { cwd: files.path });
    expect(JSON.parse(stdout).sessions).toMatchObject([{ id: 's1', durationMs, tokens: { input: 10 } }]);
  });

  test('nothing that a file is called or holds reaches the terminal as a command', async () => {
    const evil = '\u001b[2J\u009b31m\u202E';
    await using files = await createFixture({
      [`${evil}.json`]: session('s1').replaceAll('Bash', JSON.stringify(evil).slice(1, -1)),
      [`${evil}.txt`]: 'no session',
    });
    for (const more of [[], ['--json']]) {
      const words = ['ingest', `${evil}.json`, `${evil}.txt`, ...more];
      const { exitCode, stdout } = await runCli(words, { cwd: files.path });
      expect(exitCode).toBe(0);
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      if (more.length > 0) expect(JSON.parse(stdout).sessions[0].path).toBe(`${evil}.json`);
    }
  });

  test('a bad moment is refused', async () => {
    expect(await runCli(['ingest', 'x', '--now', '2026-02-30'])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

const SAMPLES = join(ROOT, '../shared/samples/hive-mind');

describe.skipIf(!existsSync(SAMPLES))('ingest of real session files (skipped: the samples are not here)', () => {
  test('reads four of Claude, and the eleven threads that one of Codex holds', async () => {
    const { exitCode, stdout } = await runCli(['ingest', SAMPLES, '--json']);
    expect(exitCode).toBe(0);
    const { sessions, complaints } = JSON.parse(stdout);
    expect(sessions).toHaveLength(15);
    // What their result messages say; the one without a result is estimated.
    const billed = sessions.flatMap(({ cost }: { cost: { usd: number; basis: string } }) =>
      cost.basis === 'billed' ? cost.usd : [],
    );
    expect(billed.map((usd: number) => usd.toFixed(2)).sort()).toEqual(['0.15', '1.27', '3.70']);
    // Ten of the threads failed; the last one says 1,007,739 tokens in and 4,187 out.
    const codex = sessions.filter(({ engine }: { engine: string }) => engine === 'codex');
    expect(codex.filter(({ outcome }: { outcome: string }) => outcome === 'failed')).toHaveLength(10);
    expect(codex[0].tokens.total).toBe(1_011_926);
    expect(complaints).toEqual([]);
  });

  test('--csv prints one line for each session, and what could not be read on the error stream', async () => {
    await using files = await createFixture({ 'a, "b".json': session('s1', 0.5), 'notes.txt': 'not a session' });
    const { exitCode, stdout, stderr } = await runCli(
      ['ingest', 'a, "b".json', 'notes.txt', '--csv', '--agent', '=cmd()'],
      {
        cwd: files.path,
      },
    );
    const [head, row, ...rest] = stdout.split('\r\n');
    expect(exitCode).toBe(0);
    expect(head).toMatch(/^id,agent,engine,format,path,startedAt,/);
    // A spreadsheet must not take a name for a formula, nor a comma within a name for the end of a cell.
    expect(row).toMatch(/^s1,'=cmd\(\),claude,claude-execution,"a, ""b"".json",2026-11-20T09:00:00.000Z,/);
    expect(row?.split(',').at(-2)).toBe('exact');
    expect(rest).toEqual(['']);
    expect(stderr).toContain('notes.txt');
  });

  test('--json and --csv exclude each other', async () => {
    expect(await runCli(['ingest', 'x', '--json', '--csv'])).toMatchObject({ exitCode: 2 });
  });
});

describe('a pile that several threads share', () => {
  const files = Array.from({ length: 6 }, (_, n) => n);
  let pile: FsFixture;
  beforeAll(async () => {
    pile = await createFixture(Object.fromEntries(files.map((n) => [`pile/s${n}.jsonl`, rows(`s${n}`, 10 ** n)])));
  });
  afterAll(() => pile.rm());

  test.each([
    ['everything', [], 1],
    ['usage alone', ['--usage-only'], 0],
  ] as const)('gives what each of its files gives alone: %s', async (_, flags, tools) => {
    const { stdout } = await runCli(['ingest', 'pile', '--json', ...flags], { cwd: pile.path });
    const told = JSON.parse(stdout).sessions.map(
      (session: { id: string; tokens: { input: number }; tools: unknown[] }) => [
        session.id,
        session.tokens.input,
        session.tools.length,
      ],
    );
    expect(told).toEqual(files.map((n) => [`s${n}`, 10 ** n, tools]));
  });

  test('is not waited for where the command line is wrong', async () => {
    expect(await runCli(['ingest', 'pile', '--jsn'], { cwd: pile.path })).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('is read without threads where none may be started', async () => {
    const env = { NODE_OPTIONS: '--permission --allow-fs-read=*' };
    const { exitCode, stdout } = await runCli(['ingest', 'pile', '--json'], { cwd: pile.path, env });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).sessions).toHaveLength(files.length);
  });

  /** 28 MB: more than one thread is used for 160 MB, see helpers.ts. */
  function rows(id: string, input: number): string {
    const usage = {
      input_tokens: input,
      output_tokens: 1,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    };
    const content = [{ type: 'tool_use', id: `t-${id}`, name: 'Bash', input: {} }];
    const message = { id: `m-${id}`, model: 'claude-x', content, usage };
    const filler = { type: 'user', sessionId: id, uuid: id, message: { content: 'x'.repeat(1_000_000) } };
    return [
      JSON.stringify({ type: 'assistant', sessionId: id, message }),
      ...Array.from({ length: 28 }, () => JSON.stringify(filler)),
    ].join('\n');
  }
});
