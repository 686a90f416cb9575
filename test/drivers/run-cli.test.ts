import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import { ROOT, runNode } from './process.ts';
import { runCli } from './run-cli.ts';

describe('a process of a driver', () => {
  it('has PATH, HOME and what it was given, and ends with its own code', async () => {
    await using folder = await createFixture({
      'a.mjs':
        "console.log(Object.keys(process.env).sort().join(), process.argv[2]); console.error('err'); process.exit(4);",
    });
    const at = folder.path;
    const done = await runNode({ script: join(at, 'a.mjs'), args: ['x y'], env: { GIVEN: '1' }, cwd: at, home: at });
    expect(done).toEqual({ exitCode: 4, signal: null, stdout: 'GIVEN,HOME,PATH x y\n', stderr: 'err\n' });
  });

  it('is not started without its script', async () => {
    const missing = { script: join(ROOT, 'dist/none.js'), env: {}, cwd: ROOT, home: ROOT };
    await expect(runNode(missing)).rejects.toThrow('run `npm run build` first');
  });

  it('ends when told to, even before it began', async () => {
    await using folder = await createFixture({ 'a.mjs': 'setInterval(() => {}, 1000);' });
    const at = folder.path;
    const killOn = AbortSignal.abort();
    const done = await runNode({ script: join(at, 'a.mjs'), env: {}, cwd: at, home: at, killOn, killWith: 'SIGTERM' });
    expect(done).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });
});

describe.skipIf(!existsSync(join(ROOT, 'dist/cli.js')))('the built CLI (skipped: dist/cli.js is not built)', () => {
  it('explains itself', async () => {
    const { exitCode, stdout } = await runCli(['--help'], { source: false });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('watch');
  });
});
