import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a run with a server keeps its own exit code, so that failed tests fail it', () => {
  const script = `await import(${JSON.stringify(join(import.meta.dirname, 'server.ts'))}); process.exitCode = 3;`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  expect(status).toBe(3);
});
