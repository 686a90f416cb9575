import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { type Finished, ROOT } from '../drivers/process.ts';

/**
 * Runs a line of bash in which `cli` is the program under test, for what only a shell can do to it: pipes, full disks, signals.
 * The same choice between bundle and source as `runCli`.
 */
export async function inShell(line: string, cwd: string): Promise<Finished> {
  const script = join(ROOT, process.env['CHECKREIN_SOURCE'] === '1' ? 'src/cli.ts' : 'dist/cli.js');
  const child = spawn('bash', ['-c', `cli() { node '${script}' "$@"; }\n${line}`], {
    cwd,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let text = '';
    for await (const chunk of stream) text += chunk;
    return text;
  };
  const ended = new Promise<Pick<Finished, 'exitCode' | 'signal'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const [stdout, stderr, end] = await Promise.all([read(child.stdout), read(child.stderr), ended]);
  return { ...end, stdout, stderr };
}
