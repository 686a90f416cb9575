import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../core/time.ts';
import { jobRunner, longestJob } from './job-runner.ts';
import { isAlive } from './processes.ts';

/** Under a real runner everything descends from that. */
const isUntold = process.platform !== 'linux' || process.env['GITHUB_ACTIONS'] === 'true';

describe.skipIf(isUntold)('what runs the steps of a job (where no runner of GitHub does, and the system tells)', () => {
  test('is the parent', () => {
    expect(jobRunner(process.pid)).toMatchObject({ pid: process.pid, oneJob: false });
  });

  test('is nobody where the parent is a shell, which may end with its step', async () => {
    const shell = spawn('sh', ['-c', 'echo; read -r line; exit 0'], { stdio: 'pipe' });
    await once(shell.stdout, 'data');
    expect(jobRunner(shell.pid ?? -1)).toBeNull();
    shell.stdin.end('\n');
    await once(shell, 'exit');
  });

  test('is nobody where the parent lies outside of the container', () => {
    expect(jobRunner(0)).toBeNull();
  });
});

describe('a process whose birth nobody tells', () => {
  test('lives as long as the system knows its number', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const { pid = -1 } = child;
    expect(isAlive({ pid, born: '' })).toBe(true);
    child.stdin.end();
    await once(child, 'exit');
    expect(isAlive({ pid, born: '' })).toBe(false);
  });
});

// https://docs.github.com/en/actions/reference/limits: 6 hours on machines of GitHub's own, 5 days on others.
test.each([
  [false, 6 * HOUR],
  [true, 5 * DAY],
])(
  'the longest job (on a machine of others: %s) outlasts what GitHub allows, but not by an hour',
  (shared, allowed) => {
    expect(longestJob(shared)).toBeGreaterThan(allowed);
    expect(longestJob(shared)).toBeLessThan(allowed + HOUR);
  },
);
