import { spawn } from 'node:child_process';

/** Tells a program that it was started by itself. No environment can say so. */
export const AGAIN = '--with-the-environment-of-the-beginning';

const ASKED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/**
 * Runs this program once more with another environment: much of it a Node reads only when it starts. Hands on what the runner asks.
 * @returns its exit code; null where it could not be started.
 */
export function runAgain(env: Readonly<Record<string, string>>): Promise<number | null> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', AGAIN], { env, stdio: 'inherit' });
  for (const signal of ASKED) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
