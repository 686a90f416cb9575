import { createFixture, type FsFixture } from 'fs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../drivers/run-cli.ts';

const NOW = '2026-11-20T18:00:00Z';
const LABELS = [
  'agent,from,to,kind',
  'nightly-fixer,2026-11-20T04:00Z,2026-11-20T09:10Z,loop',
  'issue-triage,2026-10-25T04:00Z,2026-10-25T09:00Z,nothing that the demo holds',
].join('\n');

let files: FsFixture;

beforeAll(async () => {
  files = await createFixture({ 'labels.csv': LABELS });
  expect((await runCli(['demo', '--ledger', 'dir:led'], { cwd: files.path })).exitCode).toBe(0);
});

afterAll(() => files.rm());

function backtest(...words: readonly string[]): ReturnType<typeof runCli> {
  return runCli(['backtest', '--ledger', 'dir:led', '--now', NOW, ...words], { cwd: files.path });
}

describe('backtest', () => {
  test('prints what would have fired at each past run of watch, and that nobody has judged it', async () => {
    const { exitCode, stdout, stderr } = await backtest();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^octo\/garden: \d+ events of dir:led replayed in 40 looks, at each run of watch, from /);
    expect(stdout).toMatch(/2026-11-20 06:00 UTC +runaway +nightly-fixer +critical +goes on +not judged/);
    expect(stdout).toContain('so how much is right is not known');
  });

  test('holds it against labels, for programs, and leaves the ledger as it was', async () => {
    const before = await runCli(['ledger', 'verify', '--ledger', 'dir:led', '--json'], { cwd: files.path });
    const { exitCode, stdout } = await backtest('--labels', 'labels.csv', '--from', '2026-10-24', '--json');
    expect(exitCode).toBe(0);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ looks: 40, everyMs: null, labels: 'labels.csv', suggestion: null });
    expect(told.score.incidents).toMatchObject([
      { subject: 'agent:nightly-fixer', kind: 'loop', foundBy: expect.any(String), delayMs: 2 * 3_600_000 },
      { subject: 'agent:issue-triage', foundBy: null, delayMs: null },
    ]);
    const { truePositives, falsePositives, accuracy, recall } = told.score;
    expect(recall).toBe(0.5);
    expect(accuracy).toBe(truePositives / (truePositives + falsePositives));
    expect(told.fired.every(({ at }: { at: string }) => at >= '2026-10-24')).toBe(true);
    const after = await runCli(['ledger', 'verify', '--ledger', 'dir:led', '--json'], { cwd: files.path });
    expect(after.stdout).toBe(before.stdout);
  });

  test('of an empty ledger says that it holds nothing, and of one that is not there that it is not', async () => {
    await files.mkdir('empty');
    const words = ['backtest', '--now', NOW, '--ledger'];
    const { exitCode, stdout } = await runCli([...words, 'dir:empty'], { cwd: files.path });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('dir:empty holds nothing that could be replayed.');
    const none = await runCli([...words, 'dir:none'], { cwd: files.path });
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no ledger at dir:none') });
  });

  test.each([
    [['--every', 'soon'], "--every wants a length of time such as 1h or 15m, not 'soon'."],
    [['--every', '0s'], "--every wants a length of time such as 1h or 15m, not '0s'."],
    [['--from', 'yesterday'], '--from wants an ISO 8601 moment'],
    [['--from', '2026-11-02', '--to', '2026-11-01'], '--from lies after --to.'],
    [['--labels', 'none.csv'], 'There is no file of labels none.csv; name the file that you mean.'],
    [['--labels', '.'], 'The file of labels . cannot be read (it is a folder).'],
    [['--config', 'none.yml'], 'There is no configuration none.yml'],
    [['twice'], "'backtest' takes options only"],
  ])('refuses %j', async (words, message) => {
    const { exitCode, stderr } = await backtest(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
