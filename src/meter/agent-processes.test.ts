import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { agentProcesses, isNamedLikeEngine } from './agent-processes.ts';
import { MARK, processOf } from './processes.ts';

/** Who runs the steps in these tests. */
const RUNNER = { pid: process.pid, born: processOf(process.pid)?.born ?? '' };

describe.skipIf(process.platform !== 'linux')(
  'a process that is named like the engine (where the system tells)',
  () => {
    test.each<[string, string | undefined, boolean | null, boolean]>([
      ['has the mark of the job', 'ours', null, true],
      ['has the mark, where a runner may have several jobs', 'ours', false, true],
      ['descends from what runs this job alone', undefined, true, true],
      ['descends from it and has changed its mark', 'another', true, true],
      ['descends from a runner that may have several jobs', undefined, false, false],
      ['has the mark of another job of such a runner', 'another', false, false],
      ['has the mark of another job where no runner is known', 'another', null, false],
    ])('and %s', async (_name, mark, oneJob, isAgent) => {
      const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log()'], {
        argv0: 'claude',
        env: mark === undefined ? {} : { [MARK]: mark },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const worker = oneJob === null ? null : { ...RUNNER, oneJob };
      const found = agentProcesses({ mark: 'ours', worker, engine: 'claude' });
      const pids = [found.roots(), found.tree()].map((list) => list.some(({ pid }) => pid === child.pid));
      child.stdin.end();
      expect(pids).toEqual([isAgent, isAgent]);
    });
  },
);

describe('a command line', () => {
  test.each<[string, string, boolean]>([
    ['a program', '/usr/local/bin/claude -p x', true],
    ['a program with more in its name', 'claude-code-linux-x64', true],
    ['a script of an interpreter', 'node --no-warnings /usr/bin/claude', true],
    ['a script with an ending', 'bash /opt/claude-code.sh', true],
    ['a script of its package', 'node /lib/node_modules/@anthropic-ai/claude-code/cli.js', true],
    ['a script about it', 'bash ./post-claude-summary.sh', false],
    ['a file that is read', 'tail -f CLAUDE.md', false],
    ['a file that has just its name', 'cat /usr/local/bin/claude', false],
    ['another engine', 'codex exec', false],
    ['nothing', '', false],
  ])('names the engine as %s', (_name, line, isEngine) => {
    const told = { pid: 1, parent: 0, born: '', state: 'S', words: line.split(' ') };
    expect(isNamedLikeEngine(told, 'claude')).toBe(isEngine);
  });
});
