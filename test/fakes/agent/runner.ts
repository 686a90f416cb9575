import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../drivers/process.ts';

/*
 * A runner of GitHub Actions as other processes see it: started under its name, it runs one step by a shell, as a wrapper of a runner
 * does, and goes on when the step has ended.
 */

const step = spawn('sh', ['-c', '"$0" "$1"; exit $?', process.execPath, join(ROOT, 'test/fakes/agent/guard-step.ts')], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
step.once('exit', () => process.stdout.write('\n'));
setInterval(() => undefined, 60_000);
