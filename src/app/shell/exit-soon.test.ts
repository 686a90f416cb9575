import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ENDING = join(import.meta.dirname, 'ending.ts');

/** Runs a program that calls `exitSoon(3)` and then does this. Returns its exit code and what it printed. */
function afterExitSoon(then: string): readonly [number | null, string] {
  const program = `import { exitSoon } from ${JSON.stringify(ENDING)}; exitSoon(3); ${then}`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return [status, stdout];
}

test('a process that is to end soon ends before the work that nobody waits for', () => {
  expect(afterExitSoon(`setTimeout(() => console.log('late'), 20_000)`)).toEqual([3, '']);
});

test('a process that is to end soon keeps that exit code, and ends of itself if nothing is left to do', () => {
  expect(afterExitSoon(`process.exitCode = 0; process.exit = () => console.log('made to end');`)).toEqual([3, '']);
});
